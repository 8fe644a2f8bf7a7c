extension CheckReport {
    /// For people: a line a finding in three columns, a hint below what is not well, and a last line that says how it stands. A hint that several
    /// findings in a row share stands below the last of them.
    public var lines: [String] {
        let verdicts = (findings.map(\.verdict.rawValue.count).max() ?? 0) + 2
        let subjects = (findings.map(\.subject.count).max() ?? 0) + 2
        var lines: [String] = []
        for (place, finding) in findings.enumerated() {
            let next = place + 1 < findings.count ? findings[place + 1] : nil
            lines.append(
                CheckReport.padded(finding.verdict.rawValue, verdicts) + CheckReport.padded(finding.subject, subjects)
                    + PrintableText.of(finding.seen))
            guard let hint = finding.hint, next?.hint != hint || next?.subject != finding.subject else { continue }
            lines.append(String(repeating: " ", count: verdicts + subjects) + "hint: " + PrintableText.of(hint))
        }
        return lines + [verdict]
    }

    /// The last line.
    private var verdict: String {
        let warnings = count(.warning)
        let besides = warnings == 0 ? "" : ", \(CheckReport.counted(warnings, "warning"))"
        let skipped = count(.skipped) == 0 ? "" : ", \(count(.skipped)) skipped"
        if let code {
            return "failed: \(count(.failed)) of \(findings.count) findings\(besides)\(skipped); exit status \(code.status)"
        }
        return "nothing failed: \(CheckReport.counted(count(.ok), "finding")) ok\(besides)\(skipped)"
    }

    private static func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
