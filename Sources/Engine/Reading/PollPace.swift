import AuditCore

/// When a lane is polled next: sooner while events flow, later while nothing happens.
struct PollPace: Sendable {
    /// How much shorter than the interval a poll follows that brought something, and how much longer one that did not.
    private static let flowing = 3
    private static let idleGrowth = 2
    /// Empty polls in a row after which a lane counts as idle.
    private static let idleAfter = 4

    private let interval: Duration
    private var emptyPolls = 0

    init(interval: Duration) { self.interval = interval }

    /// The wait while events flow; the others are multiples of it, as far as it is not bounded.
    var shortest: Duration { max(interval / PollPace.flowing, min(interval, .seconds(1))) }

    /// The wait after a poll that brought `fresh` audits.
    mutating func wait(after fresh: Int) -> Duration {
        if fresh > 0 {
            emptyPolls = 0
            return shortest
        }
        emptyPolls += 1
        return emptyPolls >= PollPace.idleAfter ? interval * PollPace.idleGrowth : interval
    }
}
