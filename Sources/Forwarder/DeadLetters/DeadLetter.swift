import AuditAPI
import AuditCore
import Outputs

/// One line of a file of dead letters, understood.
struct DeadLetter: Sendable {
    /// As it stands in the line.
    let time: String
    let reason: String
    /// Within the line.
    let audit: RawAudit

    /// `nil` for a damaged line: what is no letter as `DeadLetterFile` writes it.
    init?(_ line: LineFile.Line) {
        guard let bytes = line.bytes, let letter = LetterScan.letter(bytes.span, audit: "audit"),
            let time = letter.texts["time"], let reason = letter.texts["reason"]
        else { return nil }
        (self.time, self.reason) = (time, reason)
        audit = letter.audit
    }
}

/// Lines that are no letters.
enum DamagedLines {
    /// How many of a file's are named one by one.
    private static let most = 10

    /// What is said of them.
    static func problems(_ lines: [Int], of path: String) -> [String] {
        var problems = lines.prefix(most).map { "dead letters '\(path)': line \($0) is damaged, and stays" }
        let rest = lines.count - problems.count
        if rest > 0 { problems.append("dead letters '\(path)': \(rest) more lines are damaged, and stay") }
        return problems
    }

    static let hint = "mend the lines by hand or take them out; nothing else than an editor removes them"
}
