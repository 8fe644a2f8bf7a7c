import AuditCore
import Logging

/// What an entry looks like: one line, whatever its values hold.
struct LogLine: Sendable {
    /// Characters of a value that are written.
    static let longestValue = 2000

    let format: LogSettings.Format
    /// The journal reads the lines: it takes the priority from their beginning, and knows the time and the level by itself.
    let isJournal: Bool

    /// Without the line end.
    func line(_ entry: LogEntry, at time: Instant) -> String {
        let fields = entry.metadata.sorted { $0.key < $1.key }.map { ($0.key, LogLine.bounded("\($0.value)")) }
        let line =
            switch format {
            case .text: text(entry, fields, time)
            case .json: json(entry, fields, time)
            }
        return isJournal ? entry.level.journalPrefix + line : line
    }

    private func text(_ entry: LogEntry, _ fields: [(key: String, value: String)], _ time: Instant) -> String {
        let rest = fields.map { " \($0.key)=\(LogLine.word($0.value))" }.joined()
        let line = "\(LogLine.visible(entry.message))\(rest)"
        return isJournal ? line : "\(time) \(entry.level) \(line)"
    }

    private func json(_ entry: LogEntry, _ fields: [(key: String, value: String)], _ time: Instant) -> String {
        let rest = fields.map { ",\(LogLine.quoted($0.key)):\(LogLine.quoted($0.value))" }.joined()
        return "{\"time\":\"\(time)\",\"level\":\"\(entry.level)\",\"message\":\(LogLine.quoted(entry.message))\(rest)}"
    }

    private static func bounded(_ text: String) -> String {
        text.unicodeScalars.count > longestValue
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestValue))) + "…" : text
    }

    /// As it is where it is one word, else as a JSON string.
    private static func word(_ text: String) -> String {
        let isWord = !text.isEmpty && text.unicodeScalars.allSatisfy { isVisible($0) && $0 != " " && $0 != "\"" && $0 != "=" }
        return isWord ? text : quoted(text)
    }

    /// A JSON string that no terminal acts upon.
    private static func quoted(_ text: String) -> String { visible(JSONText.quoted(text)) }

    /// With what controls a terminal, or ends a line, written as `\u` and its number.
    private static func visible(_ text: String) -> String {
        guard !text.unicodeScalars.allSatisfy(isVisible) else { return text }
        var visible = ""
        for scalar in text.unicodeScalars {
            if isVisible(scalar) { visible.unicodeScalars.append(scalar) } else { visible += escaped(scalar) }
        }
        return visible
    }

    /// In UTF-16, as JSON has it.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        UTF16.encode(scalar)?.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() ?? ""
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

extension Logger.Level {
    /// The priority of syslog(3), as sd-daemon(3) wants it at the beginning of a line.
    public var journalPrefix: String {
        switch self {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error: "<3>"
        case .critical: "<2>"
        }
    }
}
