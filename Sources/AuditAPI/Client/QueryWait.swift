import AuditCore

extension AuditAPIClient {
    /// Asks for a query's state until it has succeeded.
    ///
    /// - Parameters:
    ///   - interval: Between two questions.
    ///   - limit: For all of them together. A query that still runs then throws kind `queryNotDone`; it may be waited for again.
    /// - Throws: Kind `queryNotDone` also for a query that failed or was cancelled: that is never "no audits".
    public func waitForQuery(
        transactionID: String, askingEvery interval: Duration = .seconds(2), atMost limit: Duration = .seconds(600)
    ) async throws -> AuditQueryExecutionStatus {
        let start = clock.now()
        while true {
            let status = try await queryStatus(transactionID: transactionID)
            if status.state == .succeeded { return status }
            let isOver = status.state?.isFinal == true || clock.now() - start + interval > limit
            guard !isOver else {
                throw AuditAPIError(
                    .queryNotDone(state: status.state),
                    "the query '\(VisibleText.cut(transactionID))' is '\(VisibleText.cut(status.state?.rawValue ?? ""))', not 'Succeeded'",
                    endpoint: .queryStatus)
            }
            try await Failing.in(.queryStatus) { try await clock.sleep(interval) }
        }
    }
}
