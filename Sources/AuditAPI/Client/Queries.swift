/// What the results operation answers: a page, or where to download one.
public enum AuditQueryResults: Sendable, Equatable {
    case results(AuditQueryExecutionResults)
    /// A 302. The `Location` header is passed on where there was one; see ``AuditAPIClient/downloadURL(_:location:)``.
    case large(AuditQueryExecutionLargeResults, location: String?)
}

extension AuditAPIClient {
    /// Starts an asynchronous query: `POST /api/v2/audits/query`. The answer (200 or 202) has an id; it may already be done.
    public func createQuery(_ request: AuditQueryRequest) async throws -> AuditQueryExecutionStatus {
        let operation = Operation(
            endpoint: .createQuery, method: .post, path: "", body: try Operation.json(request))
        let response = try await send(operation)
        let status = try decode(AuditQueryExecutionStatus.self, response, of: .createQuery)
        guard let id = status.id, !id.isEmpty else {
            throw malformed("the answer has no transaction id", response, .createQuery)
        }
        return status
    }

    /// Where a query stands: `GET /api/v2/audits/query/{transactionId}`; 200 when it is done, 202 while it is not.
    public func queryStatus(transactionID: String) async throws -> AuditQueryExecutionStatus {
        let path = "/" + PercentEncoding.encode(transactionID)
        let response = try await send(Operation(endpoint: .queryStatus, method: .get, path: path))
        let status = try decode(AuditQueryExecutionStatus.self, response, of: .queryStatus)
        guard status.state != nil else { throw malformed("the answer has no state", response, .queryStatus) }
        return status
    }

    /// One page of results: `GET /api/v2/audits/query/{transactionId}/results`. Parameters as in
    /// ``queryResultsPage(transactionID:cursor:pageSize:expand:allowRedirect:)``.
    public func queryResults(
        transactionID: String, cursor: String? = nil, pageSize: Int? = nil, expand: [Expansion] = [], allowRedirect: Bool = false
    ) async throws -> AuditQueryResults {
        let operation = Operation.queryResults(transactionID, cursor, pageSize, expand, allowRedirect)
        let response = try await send(operation, orRedirect: true)
        if response.status == 302 {
            let large = try largeResults(response)
            return .large(large.results, location: large.location)
        }
        let results = try decode(AuditQueryExecutionResults.self, response, of: .queryResults)
        guard results.entities != nil || results.id != nil else {
            throw malformed("the answer has no list of audits", response, .queryResults)
        }
        return .results(results)
    }

    /// One page of a realtime query: `POST /api/v2/audits/query/realtime`.
    public func realtimeQuery(
        _ request: AuditRealtimeQueryRequest, expand: [Expansion] = []
    ) async throws -> AuditRealtimeQueryResults {
        let response = try await send(try Operation.realtimeQuery(request, expand))
        let results = try decode(AuditRealtimeQueryResults.self, response, of: .realtimeQuery)
        guard results.entities != nil || results.total == 0 else {
            throw malformed("the answer has no list of audits", response, .realtimeQuery)
        }
        return results
    }

    /// All audits of the action behind one audit: `POST /api/v2/audits/query/realtime/related`. An id that the API does not
    /// know is an error of kind `notFound`.
    public func realtimeRelated(
        _ request: AuditRealtimeRelatedRequest, expand: [Expansion] = []
    ) async throws -> AuditRealtimeRelatedResults {
        let response = try await send(try Operation.realtimeRelated(request, expand))
        let results = try decode(AuditRealtimeRelatedResults.self, response, of: .realtimeRelated)
        guard results.entities != nil else {
            throw malformed("the answer has no list of audits", response, .realtimeRelated)
        }
        return results
    }
}
