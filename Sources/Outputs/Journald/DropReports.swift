import Glibc
import Logging

/// journald's own reports of what its rate limit dropped. They come after the interval, before the next message that is let through.
struct DropReports: Sendable {
    /// Looks after something was missing.
    private static let mostLooks = 100

    private let unit: String?
    private let logger: Logger
    private var since: UInt64
    private var looks = 0

    init(unit: String?, logger: Logger) {
        self.unit = unit
        self.logger = logger
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        since = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }

    /// Something was missing: a report may come.
    mutating func expect() { looks = DropReports.mostLooks }

    mutating func look(_ journal: any JournalReading) {
        guard looks > 0, let unit else { return }
        looks -= 1
        // Only to tell people why: that something is missing is known without.
        guard let report = try? journal.dropped(of: unit, since: since), report.count > 0 else { return }
        since = report.last
        looks = 0
        logger.warning(
            "journald dropped messages of this unit by its rate limit; audits among them are sent again",
            metadata: ["unit": "\(unit)", "messages": "\(report.count)"])
    }
}
