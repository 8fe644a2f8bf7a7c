import AuditAPI
import AuditCore
import Engine

/// `related`: prints every audit that the action behind one audit made, oldest first.
public struct RelatedAudits: Sendable {
    private let auditID: String
    private let trustorOrganization: String?
    private let session: APISession

    /// - Parameters:
    ///   - trustorOrganization: the id of the trustor's organization, where a trustee's user made the audit inside it.
    ///   - transport: carries the requests; it stays the caller's to shut down.
    public init(
        to auditID: String, trustorOrganization: String?, genesys: GenesysSettings, transport: any HTTPTransport,
        clock: any EngineClock = MonotonicClock()
    ) {
        self.auditID = auditID
        self.trustorOrganization = trustorOrganization
        session = APISession(genesys, transport: transport, clock: clock)
    }

    /// Prints each of them once. A reader who goes away ends it, and is no error.
    ///
    /// - Returns: how many there are.
    /// - Throws: `Failure`, with code `data` for an id that the API does not know; `CancellationError`.
    @discardableResult
    public func run(to printer: AuditPrinter) async throws -> Int {
        _ = try await session.connect()
        let request = AuditRealtimeRelatedRequest(auditId: auditID, trustorOrgId: trustorOrganization, sort: [.ascending])
        let page = try await session.call { try await answer(request) }
        var printed = PrintedIDs()
        let audits = printed.fresh(page.audits, in: Interval(.distantPast, .distantFuture))
        do {
            try await printer.print(audits, of: page)
        } catch is ReaderGone {}
        return audits.count
    }

    private func answer(_ request: AuditRealtimeRelatedRequest) async throws -> AuditPage {
        do {
            return try await session.client.relatedPage(request, expand: session.expand).page
        } catch let error as AuditAPIError where error.kind == .notFound {
            throw Failure(
                .data, "audit \(Quoted.value(auditID)) is not known to the realtime endpoint",
                hint:
                    "it reaches back 14 days and carries some services only; copy the whole 'id' of an audit, and give --trustor-org "
                    + "for one that was made inside another organization")
        }
    }
}
