import AuditCore
import Glibc
import Logging

/// The program's own log, on stderr: one line an entry, as text or as JSON. Standard output belongs to the events.
struct StderrLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let format: LogSettings.Format

    init(_ settings: LogSettings) {
        logLevel = settings.level
        format = settings.format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line =
            switch format {
            case .text: text(event, fields)
            case .json: json(event, fields)
            }
        StandardError.write(line + "\n")
    }

    private func text(_ event: LogEvent, _ fields: [(key: String, value: Logger.MetadataValue)]) -> String {
        let rest = fields.map { " \($0.key)=\(quotedIfNeeded("\($0.value)"))" }.joined()
        return "\(Instant.localNow) \(event.level) \(event.message)\(rest)"
    }

    private func json(_ event: LogEvent, _ fields: [(key: String, value: Logger.MetadataValue)]) -> String {
        let rest = fields.map { ",\(JSONText.quoted($0.key)):\(JSONText.quoted("\($0.value)"))" }.joined()
        let message = JSONText.quoted("\(event.message)")
        return "{\"time\":\"\(Instant.localNow)\",\"level\":\"\(event.level)\",\"message\":\(message)\(rest)}"
    }

    private func quotedIfNeeded(_ text: String) -> String {
        text.isEmpty || text.contains { $0 == " " || $0 == "\"" || $0.isNewline } ? JSONText.quoted(text) : text
    }
}

/// Writes to stderr, a line at once, and never fails: there is nobody left to tell.
public enum StandardError {
    public static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

extension Logger {
    /// The log of one run.
    public static func auditferry(_ settings: LogSettings) -> Logger {
        Logger(label: "auditferry") { _ in StderrLogHandler(settings) }
    }
}

extension Instant {
    /// This machine's wall clock: for logs alone. No window is ever made from it.
    public static var localNow: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
