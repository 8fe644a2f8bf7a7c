import AuditCore
import Engine
import NIOConcurrencyHelpers

/// Watches the tail of a past interval: tells the board where it stands, and stops it when it has failed too often without getting on. A run
/// waits for ever; a command that has an end is better told that it has none.
final class PastWatch: TailObserver {
    /// Failures of one kind in a row that end the reading.
    static let mostFailures = 8

    /// What it gave up for.
    enum Trouble: Sendable {
        case reading(Lane, ReadFailure)
        case output(reason: String)
        case offsets(reason: String)
    }

    private struct State {
        var lanes = 1
        var status = TailStatus()
        var failures = 0
        /// Queries that came to nothing. That one can be asked at all does not mean that it gets on.
        var losses = 0
        var trouble: Trouble?
    }

    private let interval: Interval
    private let board: PastBoard
    private let state = NIOLockedValueBox(State())
    private let onGivingUp: @Sendable () -> Void

    /// - Parameter onGivingUp: stops the tail. Called once.
    init(_ interval: Interval, board: PastBoard, onGivingUp: @escaping @Sendable () -> Void) {
        self.interval = interval
        self.board = board
        self.onGivingUp = onGivingUp
        board.update {
            $0 = PastStatus()
            $0.interval = interval
            $0.coveredUntil = interval.start
        }
    }

    /// Why it was stopped; `nil` where it was not.
    var trouble: Trouble? { state.withLockedValue { $0.trouble } }
    /// Where the tail stood last.
    var status: TailStatus { state.withLockedValue { $0.status } }

    func tail(_ output: String, stands status: TailStatus) {
        let lanes = state.withLockedValue { state in
            if status.delivered != state.status.delivered || status.gap != state.status.gap {
                state.failures = 0
                state.losses = 0
            }
            state.status = status
            return state.lanes
        }
        let whole = interval.duration.inSeconds * Double(lanes)
        board.update {
            $0.delivered = status.delivered
            guard let frontier = status.frontier else { return }
            $0.coveredUntil = min(max(frontier, interval.start), interval.end)
            $0.share = whole > 0 ? min(1, max(0, 1 - status.gap.inSeconds / whole)) : 1
        }
    }

    func tail(_ output: String, reported report: TailReport) {
        switch report {
        case .lanes(let lanes): state.withLockedValue { $0.lanes = lanes.count }
        case .readFailing(let lane, let failure, _): failed(.reading(lane, failure))
        case .outputFailing(let reason, _): failed(.output(reason: reason))
        case .storeFailing(let reason, _): failed(.offsets(reason: reason))
        case .readRecovered, .outputRecovered, .storeRecovered:
            state.withLockedValue { $0.failures = 0 }
            board.update { $0.trouble = nil }
        // A shorter window is something new to try, until there is no shorter one.
        case .windowSplit(_, let window, _) where window.duration > .seconds(1): state.withLockedValue { $0.losses = 0 }
        case .windowSplit, .windowRepeated, .abandoned, .beyondRetention: break
        }
    }

    private func failed(_ trouble: Trouble) {
        let givesUp = state.withLockedValue { state in
            state.failures += 1
            if trouble.isLoss { state.losses += 1 }
            guard state.trouble == nil, trouble.isFinal || max(state.failures, state.losses) >= PastWatch.mostFailures else {
                return false
            }
            state.trouble = trouble
            return true
        }
        board.update { $0.trouble = trouble.reason }
        if givesUp { onGivingUp() }
    }
}

extension PastWatch.Trouble {
    var reason: String {
        switch self {
        case .reading(_, let failure): failure.reason
        case .output(let reason), .offsets(let reason): reason
        }
    }

    /// Trying again would not help.
    fileprivate var isFinal: Bool { if case .reading(_, .refused) = self { true } else { false } }

    fileprivate var isLoss: Bool { if case .reading(_, .queryLost) = self { true } else { false } }
}
