import AuditCore
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// The one place that entries go through on their way to stderr: lines of one form, none too often.
public final class StderrLog: Sendable {
    private struct State {
        var form: LogLine
        var limit = RepeatLimit()
        var wake: Duration?
    }

    /// All of this process, for its end.
    private static let open = NIOLockedValueBox<[StderrLog]>([])

    /// By itself: what asks whether an entry is written at all does not wait for one that is being written.
    private let least: NIOLockedValueBox<Logger.Level>
    private let state: NIOLockedValueBox<State>
    private let put: @Sendable (String) -> Void

    /// - Parameter put: writes a line, and may block for as long as nobody reads.
    init(_ settings: LogSettings, put: @escaping @Sendable (String) -> Void = { StandardError.write($0) }) {
        least = NIOLockedValueBox(settings.level)
        state = NIOLockedValueBox(State(form: StderrLog.form(settings)))
        self.put = put
        StderrLog.open.withLockedValue { $0.append(self) }
    }

    /// The least that is written.
    var level: Logger.Level { least.withLockedValue { $0 } }

    /// For everything that is written from now on.
    func change(to settings: LogSettings) {
        least.withLockedValue { $0 = settings.level }
        state.withLockedValue { $0.form = StderrLog.form(settings) }
    }

    private static func form(_ settings: LogSettings) -> LogLine {
        LogLine(format: settings.format, isJournal: StandardError.isJournal)
    }

    func write(_ entry: LogEntry) {
        let now = MonotonicTime.now()
        state.withLockedValue { state in
            write(state.limit.admit(entry, at: now), &state, at: now)
        }
    }

    /// Tells of everything that was held back. The last that a process does with its log.
    public static func end() {
        for log in open.withLockedValue({ $0 }) {
            log.state.withLockedValue { state in
                for entry in state.limit.end() { log.put(state.form.text(entry)) }
            }
        }
    }

    /// Under the lock, so that the lines stand in the order in which they were decided.
    private func write(_ decision: RepeatLimit.Decision, _ state: inout State, at now: Duration) {
        for entry in decision.entries { put(state.form.text(entry)) }
        guard let wake = decision.wake, state.wake.map({ wake < $0 }) ?? true else { return }
        state.wake = wake
        let pause = TimeAmount.nanoseconds(max(0, Int64((wake - now) / .nanoseconds(1))))
        BlockingTimer.run(in: pause) { self.wakeUp() }
    }

    private func wakeUp() {
        let now = MonotonicTime.now()
        state.withLockedValue { state in
            state.wake = nil
            write(state.limit.due(at: now), &state, at: now)
        }
    }
}

extension LogLine {
    fileprivate func text(_ entry: LogEntry) -> String { line(entry, at: .localNow) + "\n" }
}
