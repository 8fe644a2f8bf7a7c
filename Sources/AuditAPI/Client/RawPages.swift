import AuditCore

/// One page of a realtime query: the audits are cut, not decoded.
public struct RealtimePage: Sendable {
    public let page: AuditPage
    /// As the API echoes it, from 1.
    public let pageNumber: Int?
    public let pageSize: Int?
    /// How many audits the whole query has at this moment; it may differ from page to page.
    public let total: Int64?
    /// How many pages it has at this moment.
    public let pageCount: Int?
    public let metadata: ResponseMetadata
}

/// The audits of one action: the list has no pages.
public struct RelatedPage: Sendable {
    public let page: AuditPage
    public let metadata: ResponseMetadata
}

extension AuditAPIClient {
    /// `POST /api/v2/audits/query/realtime`, without decoding the audits.
    public func realtimeQueryPage(
        _ request: AuditRealtimeQueryRequest, expand: [Expansion] = []
    ) async throws -> RealtimePage {
        let response = try await send(try Operation.realtimeQuery(request, expand))
        let scan = try scan(response, of: .realtimeQuery)
        // A count of nothing may come without the list; anything else without it is another document.
        guard scan.hasEntities || scan.total == 0 else {
            throw malformed("the answer has no list of audits", response, .realtimeQuery)
        }
        return RealtimePage(
            page: AuditPage(bytes: response.body, audits: scan.audits), pageNumber: scan.pageNumber.flatMap { Int(exactly: $0) },
            pageSize: scan.pageSize.flatMap { Int(exactly: $0) }, total: scan.total,
            pageCount: scan.pageCount.flatMap { Int(exactly: $0) }, metadata: response.metadata)
    }

    /// `POST /api/v2/audits/query/realtime/related`, without decoding the audits.
    public func relatedPage(
        _ request: AuditRealtimeRelatedRequest, expand: [Expansion] = []
    ) async throws -> RelatedPage {
        let response = try await send(try Operation.realtimeRelated(request, expand))
        let scan = try scan(response, of: .realtimeRelated)
        guard scan.hasEntities else { throw malformed("the answer has no list of audits", response, .realtimeRelated) }
        return RelatedPage(page: AuditPage(bytes: response.body, audits: scan.audits), metadata: response.metadata)
    }
}

extension Operation {
    static func realtimeQuery(_ request: AuditRealtimeQueryRequest, _ expand: [Expansion]) throws -> Operation {
        Operation(
            endpoint: .realtimeQuery, method: .post, path: "/realtime", query: expansion(expand), body: try json(request))
    }

    static func realtimeRelated(_ request: AuditRealtimeRelatedRequest, _ expand: [Expansion]) throws -> Operation {
        Operation(
            endpoint: .realtimeRelated, method: .post, path: "/realtime/related", query: expansion(expand),
            body: try json(request))
    }

    /// One item a value: `?expand=user`.
    static func expansion(_ expand: [Expansion]) -> [(name: String, value: String)] {
        expand.map { ("expand", $0.rawValue) }
    }
}
