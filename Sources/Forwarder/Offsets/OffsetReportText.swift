import AuditCore
import Engine

extension OffsetReport {
    /// `offsets show`, for people.
    public var lines: [String] {
        if outputs.isEmpty { return ["no output has begun yet"] }
        return outputs.flatMap { output in
            ["output \(output.name): began at \(output.began), \(output.ids) ids kept"] + output.lanes.map(OffsetReport.line)
                + (output.late.isEmpty ? [] : [OffsetReport.lateLine(output)])
        }
    }

    /// `offsets gaps`, for people: one line a gap, oldest first within its lane, with what is lost; none where there is no gap.
    public var gapLines: [String] {
        holes.map { output, lane, hole in
            let lost = hole.isLost ? ", lost" : ""
            return "output \(output.name), lane \(lane.name): \(hole.interval), \(hole.interval.duration.spokenText)\(lost)"
        }
    }

    /// `offsets show`, for machines.
    public var json: String {
        MachineText.json(
            ReportDocument(
                path: path,
                outputs: outputs.map { output in
                    OutputDocument(
                        name: output.name, began: output.began.text, ids: output.ids, lanes: output.lanes.map(LaneDocument.init),
                        late: LateDocument(output))
                }))
    }

    /// `offsets gaps`, for machines: a list, empty where there is no gap.
    public var gapJSON: String {
        MachineText.json(
            holes.map { output, lane, hole in
                GapDocument(
                    output: output.name, lane: lane.name, start: hole.interval.start.text, end: hole.interval.end.text,
                    seconds: hole.interval.duration.inSeconds, lost: hole.isLost)
            })
    }

    private var holes: [(output: Output, lane: Lane, hole: (interval: Interval, isLost: Bool))] {
        outputs.flatMap { output in
            output.lanes.flatMap { lane in
                (lane.gaps.map { ($0, false) } + lane.lost.map { ($0, true) }).sorted { $0.0.start < $1.0.start }
                    .map { (output, lane, $0) }
            }
        }
    }

    private static func line(_ lane: Lane) -> String {
        let gaps =
            lane.gaps.isEmpty
            ? "no gap" : "\(lane.gaps.count) \(lane.gaps.count == 1 ? "gap" : "gaps") of \(lane.gapTime.spokenText) together"
        let lost = lane.lost.isEmpty ? "" : ", \(lane.lostTime.spokenText) lost"
        return "  lane \(lane.name): followed up to \(lane.frontier), \(lane.coveredTime.spokenText) covered, \(gaps)\(lost)"
    }

    private static func lateLine(_ output: Output) -> String {
        let late = output.late
        let bound =
            late.longestBound.map { "at most \($0.spokenText)" } ?? "more than \(LateArrivals.bounds.last?.spokenText ?? "")"
        let line = "  late: \(late.count) \(late.count == 1 ? "audit" : "audits"), the latest by \(bound)"
        guard let overlap = output.suggestedOverlap else { return line }
        return line + "; an overlap of \(overlap.text) would have found all but \(late.count(beyond: overlap))"
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
    let late: LateDocument
}

private struct LateDocument: Encodable {
    struct Bucket: Encodable {
        /// The longest delay in it; left out where it has no bound.
        let withinSeconds: Double?
        let count: Int

        enum CodingKeys: String, CodingKey {
            case count
            case withinSeconds = "within_seconds"
        }
    }

    let count: Int
    let delaySeconds: Double
    let buckets: [Bucket]
    /// Left out, with how many lie beyond it, where too few are known.
    let suggestedOverlapSeconds: Double?
    let beyondSuggestedOverlap: Int?

    enum CodingKeys: String, CodingKey {
        case count, buckets
        case delaySeconds = "delay_seconds"
        case suggestedOverlapSeconds = "suggested_overlap_seconds"
        case beyondSuggestedOverlap = "beyond_suggested_overlap"
    }

    init(_ output: OffsetReport.Output) {
        count = output.late.count
        delaySeconds = output.late.delay.inSeconds
        let bounds = LateArrivals.bounds.map(Optional.some) + [nil]
        buckets = zip(bounds, output.late.buckets).map { Bucket(withinSeconds: $0.0?.inSeconds, count: $0.1.count) }
        suggestedOverlapSeconds = output.suggestedOverlap?.inSeconds
        beyondSuggestedOverlap = output.suggestedOverlap.map(output.late.count(beyond:))
    }
}

private struct LaneDocument: Encodable {
    let lane: String
    let frontier: String
    let covered: [IntervalDocument]
    let coveredSeconds: Double
    let gaps: [IntervalDocument]
    let gapSeconds: Double
    let lost: [IntervalDocument]
    let lostSeconds: Double

    enum CodingKeys: String, CodingKey {
        case lane, frontier, covered, gaps, lost
        case coveredSeconds = "covered_seconds"
        case gapSeconds = "gap_seconds"
        case lostSeconds = "lost_seconds"
    }

    init(_ lane: OffsetReport.Lane) {
        self.lane = lane.name
        frontier = lane.frontier.text
        covered = lane.covered.map(IntervalDocument.init)
        coveredSeconds = lane.coveredTime.inSeconds
        gaps = lane.gaps.map(IntervalDocument.init)
        gapSeconds = lane.gapTime.inSeconds
        lost = lane.lost.map(IntervalDocument.init)
        lostSeconds = lane.lostTime.inSeconds
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
    /// Whether no endpoint gives it any more.
    let lost: Bool
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
