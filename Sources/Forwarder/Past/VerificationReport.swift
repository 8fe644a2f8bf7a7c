import AuditCore

/// What the offset file lacks of an interval, for an auditor.
public struct VerificationReport: Sendable, Equatable {
    /// Why an audit that the API shows is not in a ledger.
    public enum Reason: String, Sendable, Equatable {
        /// Its time is still to be read: it is in a gap, or later than the output has come.
        case unread
        /// Its time is covered: it was shown too late for all readings so far, or it is lost.
        case covered
        /// Its time was recorded as older than the API reached.
        case lost
        /// The API says no time of it, by which it could be looked for.
        case undated
    }

    public struct Lacking: Sendable, Equatable {
        /// The audit's id; its body where it has none.
        public let id: String
        public let instant: Instant?
        public let reason: Reason
    }

    public struct Output: Sendable, Equatable {
        public let name: String
        /// Audits that were looked for.
        public internal(set) var compared = 0
        /// Those of them whose ids are too old to be kept: their time is covered.
        public internal(set) var byCoverage = 0
        /// Audits of before the output began, which were not looked for.
        public internal(set) var early = 0
        /// How many the ledger lacks.
        public internal(set) var lackingCount = 0
        /// The first of those, as they were found.
        public internal(set) var lacking: [Lacking] = []
    }

    /// Of one output at most so many are listed.
    public static let mostListed = 1000

    /// On whole seconds.
    public let interval: Interval
    /// By name.
    public let outputs: [Output]

    /// Whether every audit of the interval that the API shows is in every ledger.
    public var isSound: Bool { outputs.allSatisfy { $0.lackingCount == 0 } }
}

extension VerificationReport {
    /// For people: a line an output, and one for each audit that it lacks.
    public var lines: [String] {
        outputs.flatMap { output in
            [VerificationReport.line(output)]
                + output.lacking.map { "  \($0.instant.map(\.text) ?? "no time") \(Quoted.value($0.id)): \($0.reason.words)" }
                + (output.lackingCount > output.lacking.count ? ["  and \(output.lackingCount - output.lacking.count) more"] : [])
        }
    }

    /// For machines.
    public var json: String {
        MachineText.json(
            ReportDocument(
                start: interval.start.text, end: interval.end.text, sound: isSound, outputs: outputs.map(OutputDocument.init)))
    }

    private static func line(_ output: Output) -> String {
        let verdict =
            switch output.lackingCount {
            case 0: "none is lacking"
            case 1: "1 is lacking"
            default: "\(output.lackingCount) are lacking"
            }
        var line = "output \(output.name): \(output.compared) audits looked for, \(verdict)"
        if output.byCoverage > 0 { line += "; \(output.byCoverage) of them by their time alone, their ids are not kept any more" }
        if output.early > 0 { line += "; \(output.early) more are from before it began" }
        return line
    }
}

extension VerificationReport.Reason {
    fileprivate var words: String {
        switch self {
        case .unread: "its time is still to be read"
        case .covered: "its time is covered; it was shown late, and a sweep or a reconciliation has yet to find it"
        case .lost: "its time was recorded as lost"
        case .undated: "it has no time, by which it could be looked for"
        }
    }
}

private struct ReportDocument: Encodable {
    let start: String
    let end: String
    let sound: Bool
    let outputs: [OutputDocument]
}

private struct OutputDocument: Encodable {
    struct Audit: Encodable {
        let id: String
        let time: String?
        let reason: String
    }

    let name: String
    let compared: Int
    let byCoverage: Int
    let early: Int
    let lacking: Int
    let audits: [Audit]

    enum CodingKeys: String, CodingKey {
        case name, compared, early, lacking, audits
        case byCoverage = "by_coverage"
    }

    init(_ output: VerificationReport.Output) {
        name = output.name
        compared = output.compared
        byCoverage = output.byCoverage
        early = output.early
        lacking = output.lackingCount
        audits = output.lacking.map { Audit(id: $0.id, time: $0.instant?.text, reason: $0.reason.rawValue) }
    }
}
