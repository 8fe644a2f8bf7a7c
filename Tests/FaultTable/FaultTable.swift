import FaultScenes

/// The faults × what became of the audits.
struct FaultTable {
    struct Row {
        let fault: Fault
        let result: PlayResult<Outcome>

        init(_ fault: Fault, seed: UInt64) async {
            self.fault = fault
            result = await PlayResult(unless: fault.missing) { try await fault.play(seed: seed) }
        }

        var complaints: [String] {
            result.complaints { fault.complaints(about: $0) }
        }

        var cells: [String] {
            switch result {
            case .outcome(let outcome):
                [
                    "`\(fault.name)`: \(fault.meaning)", "\(outcome.audits)", "\(outcome.lost)", "\(outcome.duplicated)",
                    outcome.recovery.map(Row.seconds) ?? "never", outcome.seen,
                ]
            case .missing(let obstacle): ["`\(fault.name)`: \(fault.meaning)", "", "", "", "", "not played: \(obstacle)"]
            case .failure: ["`\(fault.name)`: \(fault.meaning)", "", "", "", "", "failed"]
            }
        }

        private static func seconds(_ duration: Duration) -> String {
            let tenths = Int((duration / .milliseconds(100)).rounded())
            return tenths == 0 ? "<0.1 s" : "\(tenths / 10).\(tenths % 10) s"
        }
    }

    let rows: [Row]

    private static let head = ["fault", "audits", "lost", "duplicated", "recovered after", "what the operator saw"]

    func text(markdown: Bool) -> String {
        let lines = [FaultTable.head] + rows.map(\.cells)
        guard !markdown else {
            let rule = "|---|--:|--:|--:|--:|---|"
            let texts = lines.map { "| " + $0.joined(separator: " | ") + " |" }
            return ([texts[0], rule] + texts.dropFirst()).joined(separator: "\n")
        }
        let widths = FaultTable.head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return (1...4).contains(column) ? space + cell.0 : cell.0 + space
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    var summary: String {
        let outcomes = rows.compactMap { row in
            if case .outcome(let outcome) = row.result { return outcome }
            return nil
        }
        let (audits, lost) = (outcomes.reduce(0) { $0 + $1.audits }, outcomes.reduce(0) { $0 + $1.lost })
        let duplicated = outcomes.reduce(0) { $0 + $1.duplicated }
        return "\(outcomes.count) of \(rows.count) faults, \(audits) audits due, \(lost) lost, \(duplicated) duplicated"
    }

    var complaints: [String] { rows.flatMap { row in row.complaints.map { "\(row.fault.name): \($0)" } } }
}
