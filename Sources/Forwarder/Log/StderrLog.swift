import AuditCore
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The one place that entries go through on their way to stderr: lines of one form, none too often.
public final class StderrLog: Sendable {
    private struct State {
        var limit = RepeatLimit()
        var wake: Duration?
    }

    /// All of this process, for its end.
    private static let open = NIOLockedValueBox<[StderrLog]>([])

    private let form: LogLine
    private let state = NIOLockedValueBox(State())

    init(_ form: LogLine) {
        self.form = form
        StderrLog.open.withLockedValue { $0.append(self) }
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
                for entry in state.limit.end() { log.writeLine(entry) }
            }
        }
    }

    /// Under the lock, so that the lines stand in the order in which they were decided.
    private func write(_ decision: RepeatLimit.Decision, _ state: inout State, at now: Duration) {
        for entry in decision.entries { writeLine(entry) }
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

    private func writeLine(_ entry: LogEntry) { StandardError.write(form.line(entry, at: .localNow) + "\n") }

    private static func monotonic() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
