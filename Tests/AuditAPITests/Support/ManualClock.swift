import AuditAPI
import NIOConcurrencyHelpers

/// Time that moves when the test says so, or when somebody sleeps.
final class ManualClock: Sendable {
    private let time = NIOLockedValueBox<Duration>(.zero)

    var now: Duration { time.withLockedValue { $0 } }
    func advance(_ duration: Duration) { time.withLockedValue { $0 += duration } }

    var clock: APIClock {
        APIClock(
            now: { self.now },
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(duration)
            })
    }
}
