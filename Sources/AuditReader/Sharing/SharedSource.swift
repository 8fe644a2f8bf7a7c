import AuditCore
import Engine

/// A source for many tails: equal reads that are under way at the same moment are one read of the source behind it, and so are the
/// requests for lanes. Nothing is kept: who asks later reads again.
///
/// Reads are equal when their subjects are; the urgency is that of the first. Each caller's cancellation is its own, and
/// the read is cancelled when the last caller is; that one returns only when the read did.
public final class SharedSource: AuditSource {
    private let base: any AuditSource
    private let reads = SingleFlight<ReadRequest.Subject, PageReading>()
    private let lookups = SingleFlight<Bool, [Lane]>()

    public init(_ base: any AuditSource) { self.base = base }

    public func lanes() async throws(ReadFailure) -> [Lane] {
        try await lookups.value(for: true) { [base] () async throws(ReadFailure) in try await base.lanes() }
    }

    public func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        try await reads.value(for: request.subject) { [base] () async throws(ReadFailure) in try await base.read(request) }
    }

    public func serverNow() -> Instant? { base.serverNow() }

    /// How many callers share this read now, and how many the request for lanes; for tests.
    func callers(of request: ReadRequest) -> Int { reads.callers(of: request.subject) }
    func callersOfLanes() -> Int { lookups.callers(of: true) }
}
