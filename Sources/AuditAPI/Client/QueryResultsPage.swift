import AuditCore

/// One page of an asynchronous query's results: the audits are cut, not decoded.
public struct QueryResultsPage: Sendable {
    public enum Content: Sendable {
        case page(AuditPage)
        /// The page is too large for an answer: fetch it with ``AuditAPIClient/download(_:)``, soon, since the address expires.
        case download(DownloadURL)
    }

    public let content: Content
    /// Where the next page begins; `nil` on the last one. An empty page with a cursor is not the last.
    public let cursor: String?
    public let metadata: ResponseMetadata
}

extension AuditAPIClient {
    /// The most audits that a page of results can have; without a size the API gives 25.
    public static let largestResultsPage = 500

    /// `GET /api/v2/audits/query/{transactionId}/results`, without decoding the audits.
    ///
    /// - Parameters:
    ///   - cursor: Of the page before; `nil` for the first.
    ///   - allowRedirect: Whether a page that is too large may come as a download; else it is an error of kind `tooLarge`.
    ///     A download is never expanded.
    public func queryResultsPage(
        transactionID: String, cursor: String? = nil, pageSize: Int? = nil, expand: [Expansion] = [], allowRedirect: Bool = false
    ) async throws -> QueryResultsPage {
        let operation = Operation.queryResults(transactionID, cursor, pageSize, expand, allowRedirect)
        let response = try await send(operation, orRedirect: true)
        if response.status == 302 { return try largePage(response) }
        let scan = try scan(response, of: .queryResults)
        // Every field is optional in the API's description. With its id, an answer without the list is one of no audits.
        guard scan.hasEntities || scan.id != nil else {
            throw malformed("the answer has no list of audits", response, .queryResults)
        }
        let page = AuditPage(bytes: response.body, audits: scan.audits)
        return QueryResultsPage(content: .page(page), cursor: scan.cursor, metadata: response.metadata)
    }

    private func largePage(_ response: APIResponse) throws -> QueryResultsPage {
        let large = try largeResults(response)
        guard let url = downloadURL(large.results, location: large.location) else {
            throw malformed("the answer names no file that may be downloaded", response, .queryResults)
        }
        return QueryResultsPage(content: .download(url), cursor: large.results.nextCursor, metadata: response.metadata)
    }

    /// The body of a 302. A plain redirect may come without one: then the file is all there is.
    func largeResults(_ response: APIResponse) throws -> (results: AuditQueryExecutionLargeResults, location: String?) {
        let location = response.headers["location"]
        let looksLikeJSON = response.body.first { $0 > 0x20 } == UInt8(ascii: "{")
        guard looksLikeJSON || location == nil else { return (AuditQueryExecutionLargeResults(), location) }
        return (try decode(AuditQueryExecutionLargeResults.self, response, of: .queryResults), location)
    }

    /// Where a 302 says that its page is: what the body names, else the header.
    public func downloadURL(_ results: AuditQueryExecutionLargeResults, location: String? = nil) -> DownloadURL? {
        guard let text = results.downloadUrl ?? location else { return nil }
        return DownloadURL(text, of: endpoints)
    }
}

extension Operation {
    static func queryResults(
        _ transactionID: String, _ cursor: String?, _ pageSize: Int?, _ expand: [Expansion], _ allowRedirect: Bool
    ) -> Operation {
        var query: [(name: String, value: String)] = []
        if let cursor { query.append(("cursor", cursor)) }
        if let pageSize { query.append(("pageSize", "\(pageSize)")) }
        query += expansion(expand)
        if allowRedirect { query.append(("allowRedirect", "true")) }
        let path = "/\(PercentEncoding.encode(transactionID))/results"
        return Operation(endpoint: .queryResults, method: .get, path: path, query: query)
    }
}
