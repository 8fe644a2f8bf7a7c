import Engine
import NIOConcurrencyHelpers

/// Does work once for all who want the same at the same moment.
///
/// The work has a task of its own, since it has to outlive the caller that began it where others wait. It never outlives them all: the
/// last caller stays until the work returned, also when it is cancelled.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, ReadFailure>
    private typealias Waiter = CheckedContinuation<Outcome, Never>

    private struct State {
        var lastCaller = 0
        var flights = Flights<Key, Waiter>()
        var tasks: [Int: Task<Void, Never>] = [:]

        mutating func caller() -> Int {
            lastCaller += 1
            return lastCaller
        }
    }

    private let state = NIOLockedValueBox(State())

    /// The result of `work`, or of equal work that is under way. Cancellation throws `cancelled`.
    func value(
        for key: Key, _ work: @escaping @Sendable () async throws(ReadFailure) -> Value
    ) async throws(ReadFailure) -> Value {
        if Task.isCancelled { throw .cancelled }
        let caller = state.withLockedValue { $0.caller() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                join(key, caller, continuation, work)
                // Whoever was cancelled before it had joined could not leave then.
                if Task.isCancelled { leave(key, caller) }
            }
        } onCancel: {
            leave(key, caller)
        }
        return try outcome.get()
    }

    /// How many callers wait for this; for tests.
    func callers(of key: Key) -> Int {
        state.withLockedValue { $0.flights.callers(of: key) }
    }

    private func join(
        _ key: Key, _ caller: Int, _ waiter: Waiter, _ work: @escaping @Sendable () async throws(ReadFailure) -> Value
    ) {
        state.withLockedValue { state in
            guard let flight = state.flights.join(key, caller, waiter) else { return }
            // It cannot land before its task is in the table: landing needs the lock.
            state.tasks[flight] = Task {
                let outcome: Outcome
                do throws(ReadFailure) { outcome = .success(try await work()) } catch { outcome = .failure(error) }
                self.land(flight, outcome)
            }
        }
    }

    private func land(_ flight: Int, _ outcome: Outcome) {
        let waiters = state.withLockedValue { state in
            state.tasks[flight] = nil
            return state.flights.land(flight)
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    /// Who is not the last goes at once. The last ends the work, and gets what that returns; from then on nobody joins it.
    private func leave(_ key: Key, _ caller: Int) {
        let (waiter, task) = state.withLockedValue { state -> (Waiter?, Task<Void, Never>?) in
            switch state.flights.leave(key, caller) {
            case .absent: (nil, nil)
            case .gone(let waiter): (waiter, nil)
            case .last(let flight): (nil, state.tasks[flight])
            }
        }
        waiter?.resume(returning: .failure(.cancelled))
        task?.cancel()
    }
}
