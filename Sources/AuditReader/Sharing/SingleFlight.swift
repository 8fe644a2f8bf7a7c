import Engine
import NIOConcurrencyHelpers

/// Does work once for all who want the same at the same moment.
///
/// The work has a task of its own, since it has to outlive the caller that began it where others wait. It never outlives them all: the
/// last caller stays until the work returned, also when it is cancelled.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, ReadFailure>
    private typealias Waiter = CheckedContinuation<Outcome, Never>

    private struct Flight {
        let key: Key
        let task: Task<Void, Never>
        var waiters: [Int: Waiter] = [:]
    }

    private struct State {
        var lastNumber = 0
        var flights: [Int: Flight] = [:]
        /// Those that can be joined.
        var open: [Key: Int] = [:]

        mutating func number() -> Int {
            lastNumber += 1
            return lastNumber
        }
    }

    private let state = NIOLockedValueBox(State())

    /// The result of `work`, or of equal work that is under way. Cancellation throws `cancelled`.
    func value(
        for key: Key, _ work: @escaping @Sendable () async throws(ReadFailure) -> Value
    ) async throws(ReadFailure) -> Value {
        if Task.isCancelled { throw .cancelled }
        let caller = state.withLockedValue { $0.number() }
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
        state.withLockedValue { state in state.open[key].flatMap { state.flights[$0]?.waiters.count } ?? 0 }
    }

    private func join(
        _ key: Key, _ caller: Int, _ waiter: Waiter, _ work: @escaping @Sendable () async throws(ReadFailure) -> Value
    ) {
        state.withLockedValue { state in
            if let flight = state.open[key] {
                state.flights[flight]?.waiters[caller] = waiter
                return
            }
            let flight = state.number()
            // It cannot land before it is in the table: landing needs the lock.
            let task = Task {
                let outcome: Outcome
                do throws(ReadFailure) { outcome = .success(try await work()) } catch { outcome = .failure(error) }
                self.land(flight, outcome)
            }
            state.flights[flight] = Flight(key: key, task: task, waiters: [caller: waiter])
            state.open[key] = flight
        }
    }

    private func land(_ number: Int, _ outcome: Outcome) {
        let flight = state.withLockedValue { state in
            let flight = state.flights.removeValue(forKey: number)
            if let flight, state.open[flight.key] == number { state.open[flight.key] = nil }
            return flight
        }
        for waiter in flight?.waiters.values ?? [:].values { waiter.resume(returning: outcome) }
    }

    /// Who is not the last goes at once. The last ends the work, and gets what that returns; from then on nobody joins it.
    private func leave(_ key: Key, _ caller: Int) {
        let (waiter, task) = state.withLockedValue { state -> (Waiter?, Task<Void, Never>?) in
            guard let number = state.open[key], let flight = state.flights[number], flight.waiters[caller] != nil else {
                return (nil, nil)
            }
            if flight.waiters.count > 1 { return (state.flights[number]?.waiters.removeValue(forKey: caller), nil) }
            state.open[key] = nil
            return (nil, flight.task)
        }
        waiter?.resume(returning: .failure(.cancelled))
        task?.cancel()
    }
}
