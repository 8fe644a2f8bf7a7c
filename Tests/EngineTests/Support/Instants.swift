import AuditCore
import EngineTesting

@testable import Engine

/// Seconds after a beginning that all these tests share.
func at(_ seconds: Int64) -> Instant { Instant(seconds: 1_800_000_000 + seconds) }
func span(_ start: Int64, _ end: Int64) -> Interval { Interval(at(start), at(end)) }

/// Audits one a second, numbered from `first`.
func samples(_ count: Int, first: Int = 0) -> [SampleAudit] {
    (first..<first + count).map { SampleAudit(id: SampleAudit.uuid($0), instant: at(Int64($0))) }
}

func ids(_ numbers: [Int]) -> [AuditID] { numbers.map { AuditID(SampleAudit.uuid($0)) } }

func acknowledged(_ start: Int64, _ end: Int64, _ numbers: [Int]) -> AcknowledgedBatch {
    AcknowledgedBatch(first: at(start), last: at(end), ids: ids(numbers))
}
