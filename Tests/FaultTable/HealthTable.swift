import FaultScenes

/// The faults × what is said of them, and how soon.
struct HealthTable {
    struct Row {
        let fault: HealthFault
        let result: PlayResult<HealthOutcome>

        init(_ fault: HealthFault) async {
            self.fault = fault
            result = await PlayResult(unless: fault.missing) { try await fault.play() }
        }

        var complaints: [String] {
            result.complaints { fault.complaints(about: $0) }
        }

        var cells: [String] {
            let name = "`\(fault.name)`: \(fault.meaning)"
            return switch result {
            case .outcome(let outcome):
                [
                    name, Row.text(outcome.unready), Row.text(outcome.unhealthy),
                    outcome.expired.map { "fires after \($0.components.seconds) s" } ?? "goes on",
                    Row.short(outcome.unhealthy?.reason ?? outcome.unready?.reason ?? ""),
                ]
            case .missing(let obstacle): [name, "", "", "", "not played: \(obstacle)"]
            case .failure: [name, "", "", "", "failed"]
            }
        }

        /// Without what the next run has otherwise.
        private static func short(_ reason: String) -> String {
            let text = reason.replacing(#/\ \(correlation id [^)]*\)/#, with: "").replacing(#/'/tmp/[^']*/([^']*)'/#) {
                "'…/\($0.1)'"
            }
            return text.count > 110 ? text.prefix(110) + "…" : text
        }

        private static func text(_ saying: HealthOutcome.Saying?) -> String {
            saying.map { "503 after \($0.after.components.seconds) s" } ?? "200"
        }
    }

    let rows: [Row]

    private static let head = ["fault", "`/readyz`", "`/healthz`", "watchdog", "the reason that is given"]

    func text(markdown: Bool) -> String {
        let lines = [HealthTable.head] + rows.map(\.cells)
        guard !markdown else {
            let texts = lines.map { "| " + $0.joined(separator: " | ") + " |" }
            return ([texts[0], "|---|---|---|---|---|"] + texts.dropFirst()).joined(separator: "\n")
        }
        let widths = HealthTable.head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    var complaints: [String] { rows.flatMap { row in row.complaints.map { "\(row.fault.name): \($0)" } } }
}
