import AuditCore
import Glibc
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The one place that entries go through on their way to stderr: lines of one form, none too often.
public final class StderrLog: Sendable {
    private struct State {
        var settings: LogSettings
        var form: LogLine
        var limit = RepeatLimit()
        var wake: Duration?
    }

    /// All of this process, for its end.
    private static let open = NIOLockedValueBox<[StderrLog]>([])

    private let state: NIOLockedValueBox<State>

    init(_ settings: LogSettings) {
        state = NIOLockedValueBox(State(settings: settings, form: StderrLog.form(settings)))
        StderrLog.open.withLockedValue { $0.append(self) }
    }

    /// The least that is written.
    var level: Logger.Level { state.withLockedValue(\.settings.level) }

    /// For everything that is written from now on.
    func change(to settings: LogSettings) {
        state.withLockedValue { state in
            state.settings = settings
            state.form = StderrLog.form(settings)
        }
    }

    private static func form(_ settings: LogSettings) -> LogLine {
        LogLine(format: settings.format, isJournal: StandardError.isJournal)
    }

    func write(_ entry: LogEntry) {
        let now = StderrLog.monotonic()
        state.withLockedValue { state in
            write(state.limit.admit(entry, at: now), &state, at: now)
        }
    }

    /// Tells of everything that was held back. The last that a process does with its log.
    public static func end() {
        for log in open.withLockedValue({ $0 }) {
            log.state.withLockedValue { state in
                for entry in state.limit.end() { state.form.write(entry) }
            }
        }
    }

    /// Under the lock, so that the lines stand in the order in which they were decided.
    private func write(_ decision: RepeatLimit.Decision, _ state: inout State, at now: Duration) {
        for entry in decision.entries { state.form.write(entry) }
        guard let wake = decision.wake, state.wake.map({ wake < $0 }) ?? true else { return }
        state.wake = wake
        let pause = TimeAmount.nanoseconds(max(0, Int64((wake - now) / .nanoseconds(1))))
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: pause) { self.wakeUp() }
    }

    private func wakeUp() {
        let now = StderrLog.monotonic()
        state.withLockedValue { state in
            state.wake = nil
            write(state.limit.due(at: now), &state, at: now)
        }
    }

    private static func monotonic() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension LogLine {
    fileprivate func write(_ entry: LogEntry) { StandardError.write(line(entry, at: .localNow) + "\n") }
}
