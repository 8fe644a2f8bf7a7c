import AuditCore

/// All findings of one check, in the order in which they are shown.
public struct CheckReport: Sendable, Equatable {
    /// The most grave first: what has to be put right before the others can be judged.
    private static let byGravity: [Failure.Code] = [
        .configuration, .refused, .offsets, .locked, .data, .usage, .unreachable, .failed,
    ]

    public let findings: [CheckFinding]

    public init(_ findings: [CheckFinding]) { self.findings = findings }

    /// Of the most grave finding; `nil` where none failed.
    public var code: Failure.Code? {
        let codes = findings.compactMap(\.code)
        return CheckReport.byGravity.first { codes.contains($0) }
    }

    /// 0 where nothing failed.
    public var status: Int32 { code?.status ?? 0 }

    func count(_ verdict: CheckFinding.Verdict) -> Int { findings.count { $0.verdict == verdict } }
}
