import Engine
import NIOConcurrencyHelpers

/// A clock that stands until a test moves it.
public final class VirtualClock: EngineClock {
    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var lastTicket = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = NIOLockedValueBox(State())

    public init() {}

    public func now() -> Duration { state.withLockedValue { $0.now } }

    public func sleep(until deadline: Duration) async throws {
        let ticket = state.withLockedValue { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { begin(ticket, Sleeper(deadline: deadline, continuation: $0)) }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// The deadlines that are slept for, earliest first.
    public var deadlines: [Duration] { state.withLockedValue { $0.sleepers.values.map(\.deadline).sorted() } }

    /// Returns when at least `count` tasks sleep.
    public func sleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLockedValue { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Moves the clock forward, and wakes whoever slept until then.
    public func advance(to instant: Duration) {
        let woken = state.withLockedValue { state in
            state.now = max(state.now, instant)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for ticket in due.keys { state.sleepers[ticket] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    private func begin(_ ticket: Int, _ sleeper: Sleeper) {
        enum Turn {
            case cancelled
            case due
            case waits([CheckedContinuation<Void, Never>])
        }
        let turn = state.withLockedValue { state -> Turn in
            if state.cancelled.remove(ticket) != nil { return .cancelled }
            if sleeper.deadline <= state.now { return .due }
            state.sleepers[ticket] = sleeper
            let count = state.sleepers.count
            let satisfied = state.watchers.filter { $0.count <= count }.map(\.continuation)
            state.watchers.removeAll { $0.count <= count }
            return .waits(satisfied)
        }
        switch turn {
        case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
        case .due: sleeper.continuation.resume()
        case .waits(let satisfied): for watcher in satisfied { watcher.resume() }
        }
    }

    private func cancel(_ ticket: Int) {
        let sleeper = state.withLockedValue { state -> Sleeper? in
            if let sleeper = state.sleepers.removeValue(forKey: ticket) { return sleeper }
            state.cancelled.insert(ticket)
            return nil
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
