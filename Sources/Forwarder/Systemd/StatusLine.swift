import AuditCore
import Engine

/// Where a run stands, in the one line that `systemctl status` shows.
enum StatusLine {
    /// A manager takes datagrams of 4 KiB; and the line is for people.
    static let mostBytes = 1024

    /// Problems first, then every output by its name. Durations stand in none of it: they would make every line a new one.
    static func text(_ view: Telemetry.View) -> String {
        let problems = view.problems.map { "\($0.subject): \($0.reason)" }
        let outputs = view.outputStates.keys.sorted().map { output(view.statuses[$0] ?? TailStatus(), $0) }
        let word = view.isHealthy ? (view.problems.isEmpty ? "delivering" : "not ready") : "standing still"
        return line(([word] + problems + outputs).joined(separator: "; "))
    }

    private static func output(_ status: TailStatus, _ name: String) -> String {
        let frontier = status.frontier.map { ", up to \($0)" } ?? ""
        return "\(name) has delivered \(status.delivered), waits for \(status.unacknowledged)\(frontier)"
    }

    /// One line of at most `mostBytes`: control characters are blanks, and what is too long ends in dots.
    static func line(_ text: String) -> String {
        let blank = String.UnicodeScalarView(
            text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        var line = String(blank)
        guard line.utf8.count > mostBytes else { return line }
        while line.utf8.count > mostBytes - 3 { line.unicodeScalars.removeLast() }
        return line + "..."
    }
}
