import FaultScenes

/// The outputs with their receivers × the faults on the way.
struct RouteTable {
    enum Cell {
        case outcome(Outcome)
        /// It cannot be played.
        case exception(String)
        /// It went otherwise than its story says.
        case failure(String)

        init(_ route: Route, _ fault: RouteFault, seed: UInt64) async {
            if let exception = route.exception(to: fault) {
                self = .exception(exception)
                return
            }
            do { self = .outcome(try await route.play(fault, seed: seed)) } catch { self = .failure("\(error)") }
        }

        /// Due / lost / twice.
        var text: String {
            switch self {
            case .outcome(let outcome): "\(outcome.audits) / \(outcome.lost) / \(outcome.duplicated)"
            case .exception(let text): text
            case .failure: "failed"
            }
        }
    }

    struct Row {
        let route: Route
        /// By the faults of the table, in their order; empty where the receiver is missing.
        var cells: [Cell]
    }

    let faults: [RouteFault]
    let rows: [Row]

    func text(markdown: Bool) -> String {
        let head = ["output → receiver", "guarantee"] + faults.map(\.rawValue)
        let lines = [head] + rows.map { [$0.route.name, $0.route.guarantee.rawValue] + $0.cells.map(\.text) }
        guard !markdown else {
            let texts = lines.map { "| " + $0.joined(separator: " | ") + " |" }
            return ([texts[0], "|" + String(repeating: "---|", count: head.count)] + texts.dropFirst()).joined(separator: "\n")
        }
        let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    var complaints: [String] { rows.flatMap(complaints) }

    private func complaints(about row: Row) -> [String] {
        zip(faults, row.cells).flatMap { fault, cell -> [String] in
            let name = "\(row.route.name), \(fault.rawValue)"
            switch cell {
            case .outcome(let outcome) where outcome.audits == 0: return ["\(name): no audit was due"]
            case .outcome(let outcome) where outcome.lost > 0 && row.route.promises(under: fault):
                return ["\(name): \(outcome.lost) audits are lost, which the guarantee '\(row.route.guarantee)' excludes"]
            case .failure(let text): return ["\(name): \(text)"]
            default: return []
            }
        }
    }
}
