import AuditAPI
import AuditCore
import Engine

/// The asynchronous endpoint, a step a call: create the query, wait for it, read its results page by page.
extension AuditReader {
    /// Between two looks at a query that is not done: longer, the longer it takes.
    private static let statusPause = (first: Duration.seconds(2), more: Duration.milliseconds(500), most: Duration.seconds(15))
    /// A smaller page is not tried.
    private static let smallestResultsPage = 25
    /// The most bytes of one download that are held at once.
    private static let largestDownload = 64 << 20

    func startQuery(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        let query = AuditQueryRequest(
            interval: request.interval, serviceName: request.lane.service, filters: settings.filters, sort: [.ascending])
        let status = try await failing(request.lane) { try await client.createQuery(query) }
        guard let id = status.id, !id.isEmpty else { throw .transient("the query was created without an id", delay: nil) }
        return PageReading(page: .empty, rest: .continued(Continuation(transactionID: id, cursor: nil)))
    }

    func goOn(_ request: ReadRequest, _ continuation: Continuation) async throws(ReadFailure) -> PageReading {
        guard continuation.isDone else {
            // A step of its own: where the API fails now and then, results that cannot be had take nothing away from it.
            let isDone = try await isDone(continuation, request)
            return PageReading(page: .empty, rest: .continued(isDone ? continuation.done : continuation))
        }
        let answer = try await resultsPage(continuation, request.lane)
        let page: AuditPage
        switch answer.content {
        case .page(let audits): page = audits
        case .download(let url): page = try await failing(request.lane) { try await wholeDownload(url) }
        }
        return PageReading(page: page, rest: .continued(continuation.next(answer.cursor)))
    }

    /// One page of results. A first page that is refused is asked for in smaller sizes: the cursor cannot be the reason.
    private func resultsPage(_ continuation: Continuation, _ lane: Lane) async throws(ReadFailure) -> QueryResultsPage {
        while true {
            let size = resultsPageSize.withLockedValue { $0 }
            do {
                return try await failing(lane) {
                    try await client.queryResultsPage(
                        transactionID: continuation.transactionID, cursor: continuation.cursor, pageSize: size,
                        expand: settings.expand, allowRedirect: true)
                }
            } catch {
                guard case .queryLost = error, continuation.cursor == nil, size > AuditReader.smallestResultsPage else {
                    throw error
                }
                resultsPageSize.withLockedValue { $0 = max(size / 2, AuditReader.smallestResultsPage) }
            }
        }
    }

    /// Whether the results can be read. Waits a little where not, so that asking again at once is right.
    private func isDone(_ continuation: Continuation, _ request: ReadRequest) async throws(ReadFailure) -> Bool {
        let lane = request.lane
        let status = try await failing(lane) { try await client.queryStatus(transactionID: continuation.transactionID) }
        switch status.state {
        case .succeeded?: return true
        case .failed?, .cancelled?: throw .queryLost("the asynchronous query ended in state \(status.state?.rawValue ?? "")")
        default:
            let pause = AuditReader.statusPause
            let wait = min(max(pause.first, pause.more * request.looks), pause.most)
            try await failing(lane) { try await clock.sleep(until: clock.now() + wait) }
            return false
        }
    }

    private func wholeDownload(_ url: DownloadURL) async throws -> AuditPage {
        var bytes: [UInt8] = []
        var audits: [RawAudit] = []
        for try await piece in client.download(url) {
            let shift = bytes.count
            bytes += piece.bytes
            audits += piece.audits.map {
                RawAudit(
                    id: $0.id, instant: $0.instant, start: $0.start + shift, end: $0.end + shift, hasWhitespace: $0.hasWhitespace)
            }
            guard bytes.count <= AuditReader.largestDownload else {
                throw AuditAPIError(.tooLarge, "the file of results is larger than \(AuditReader.largestDownload) bytes")
            }
        }
        return AuditPage(bytes: bytes, audits: audits)
    }
}

extension Continuation {
    fileprivate func next(_ cursor: String?) -> Continuation? {
        cursor.map { Continuation(transactionID: transactionID, cursor: $0) }
    }
}
