import AuditCore
import Glibc
import Logging

/// The program's own log, on stderr: one line an entry, as text or as JSON. Standard output belongs to the events.
struct StderrLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    /// That of the log, unless this logger was given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? log.level }
        set { ownLevel = newValue }
    }
    private var ownLevel: Logger.Level?
    fileprivate let log: StderrLog

    init(_ settings: LogSettings) { log = StderrLog(settings) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.write(
            LogEntry(level: event.level, message: "\(event.message)", metadata: metadata.merging(event.metadata ?? [:]) { $1 }))
    }
}

extension Logger {
    /// The log of one run.
    public static func auditferry(_ settings: LogSettings) -> Logger {
        Logger(label: "auditferry") { _ in StderrLogHandler(settings) }
    }

    /// Changes the log of the run that this logger and its copies write to; nothing where it is of another kind.
    func change(to settings: LogSettings) { (handler as? StderrLogHandler)?.log.change(to: settings) }
}

extension Instant {
    /// This machine's wall clock: for logs alone. No window is ever made from it.
    public static var localNow: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
