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
        var watchers: [Int: (count: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelledWatchers: Set<Int> = []
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

    /// Returns when at least `count` tasks sleep, or when the task is cancelled: those that it waits for may be too, and never sleep again.
    public func sleepers(_ count: Int) async {
        let ticket = state.withLockedValue { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLockedValue { state in
                    if state.cancelledWatchers.remove(ticket) != nil || state.sleepers.count >= count { return true }
                    state.watchers[ticket] = (count, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLockedValue { state in
                let watcher = state.watchers.removeValue(forKey: ticket)
                if watcher == nil { state.cancelledWatchers.insert(ticket) }
                return watcher
            }
            watcher?.continuation.resume()
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
            let satisfied = state.watchers.filter { $0.value.count <= count }
            for ticket in satisfied.keys { state.watchers[ticket] = nil }
            return .waits(satisfied.values.map(\.continuation))
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
