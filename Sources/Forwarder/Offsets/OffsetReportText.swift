import AuditCore

extension OffsetReport {
    /// `offsets show`, for people.
    public var lines: [String] {
        if outputs.isEmpty { return ["no output has begun yet"] }
        return outputs.flatMap { output in
            ["output \(output.name): began at \(output.began), \(output.ids) ids kept"] + output.lanes.map(OffsetReport.line)
        }
    }

    /// `offsets gaps`, for people: one line a gap, oldest first within its lane; none where there is no gap.
    public var gapLines: [String] {
        outputs.flatMap { output in
            output.lanes.flatMap { lane in
                lane.gaps.map { "output \(output.name), lane \(lane.name): \($0), \($0.duration.spokenText)" }
            }
        }
    }

    /// `offsets show`, for machines.
    public var json: String {
        MachineText.json(
            ReportDocument(
                path: path,
                outputs: outputs.map { output in
                    OutputDocument(
                        name: output.name, began: output.began.text, ids: output.ids, lanes: output.lanes.map(LaneDocument.init))
                }))
    }

    /// `offsets gaps`, for machines: a list, empty where there is no gap.
    public var gapJSON: String {
        MachineText.json(
            outputs.flatMap { output in
                output.lanes.flatMap { lane in
                    lane.gaps.map {
                        GapDocument(
                            output: output.name, lane: lane.name, start: $0.start.text, end: $0.end.text,
                            seconds: $0.duration.inSeconds)
                    }
                }
            })
    }

    private static func line(_ lane: Lane) -> String {
        let gaps =
            lane.gaps.isEmpty
            ? "no gap" : "\(lane.gaps.count) \(lane.gaps.count == 1 ? "gap" : "gaps") of \(lane.gapTime.spokenText) together"
        return "  lane \(lane.name): followed up to \(lane.frontier), \(lane.coveredTime.spokenText) covered, \(gaps)"
    }
}

private struct ReportDocument: Encodable {
    let path: String
    let outputs: [OutputDocument]
}

private struct OutputDocument: Encodable {
    let name: String
    let began: String
    let ids: Int
    let lanes: [LaneDocument]
}

private struct LaneDocument: Encodable {
    let lane: String
    let frontier: String
    let covered: [IntervalDocument]
    let coveredSeconds: Double
    let gaps: [IntervalDocument]
    let gapSeconds: Double

    enum CodingKeys: String, CodingKey {
        case lane, frontier, covered, gaps
        case coveredSeconds = "covered_seconds"
        case gapSeconds = "gap_seconds"
    }

    init(_ lane: OffsetReport.Lane) {
        self.lane = lane.name
        frontier = lane.frontier.text
        covered = lane.covered.map(IntervalDocument.init)
        coveredSeconds = lane.coveredTime.inSeconds
        gaps = lane.gaps.map(IntervalDocument.init)
        gapSeconds = lane.gapTime.inSeconds
    }
}

private struct IntervalDocument: Encodable {
    let start: String
    let end: String

    init(_ interval: Interval) {
        start = interval.start.text
        end = interval.end.text
    }
}

private struct GapDocument: Encodable {
    let output: String
    let lane: String
    let start: String
    let end: String
    let seconds: Double
}

extension Duration {
    /// For people: `2d 3h`, `1h 0m 5s`, without leading units that are zero; whole seconds, or milliseconds below one.
    public var spokenText: String {
        guard self >= .seconds(1) else { return "\(wholeMilliseconds)ms" }
        var rest = wholeMilliseconds / 1000
        var parts: [String] = []
        for (unit, seconds) in [("d", Int64(86_400)), ("h", 3600), ("m", 60), ("s", 1)] {
            let count = rest / seconds
            rest -= count * seconds
            if count > 0 || !parts.isEmpty { parts.append("\(count)\(unit)") }
        }
        while parts.count > 1, parts.last?.hasPrefix("0") == true { parts.removeLast() }
        return parts.joined(separator: " ")
    }
}
