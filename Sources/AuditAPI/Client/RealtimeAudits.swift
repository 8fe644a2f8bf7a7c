import AuditCore

extension AuditAPIClient {
    /// More pages than any query can have; a sequence that passes it fails with kind `bound`.
    public static let mostPages = 100_000

    /// All audits of a realtime query, page after page, oldest first.
    ///
    /// The API pages by number over a set that grows while it is read: an audit that appears meanwhile can move others to another page,
    /// so one may come twice and one may be missed. Who must miss none reads an interval again and compares ids.
    public func realtimeAudits(
        in interval: Interval, service: String? = nil, filters: [AuditQueryFilter] = [], expand: [Expansion] = [],
        pageSize: Int = 500
    ) -> RealtimeAudits {
        let request = AuditRealtimeQueryRequest(
            interval: interval, serviceName: service, filters: filters, sort: [.ascending], pageSize: pageSize)
        return RealtimeAudits(client: self, request: request, expand: expand)
    }
}

/// The audits of a realtime query. Each iteration asks again.
public struct RealtimeAudits: AsyncSequence, Sendable {
    public typealias Element = AuditLogMessage

    let client: AuditAPIClient
    let request: AuditRealtimeQueryRequest
    let expand: [Expansion]

    public func makeAsyncIterator() -> Iterator { Iterator(client: client, request: request, expand: expand) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private let client: AuditAPIClient
        private var request: AuditRealtimeQueryRequest
        private let expand: [Expansion]
        private var page = 0
        private var ready: ArraySlice<AuditLogMessage> = []
        private var isDone = false

        init(client: AuditAPIClient, request: AuditRealtimeQueryRequest, expand: [Expansion]) {
            self.client = client
            self.request = request
            self.expand = expand
        }

        public mutating func next() async throws -> AuditLogMessage? {
            while ready.isEmpty, !isDone { try await readPage() }
            return ready.popFirst()
        }

        private mutating func readPage() async throws {
            guard page < AuditAPIClient.mostPages else {
                throw AuditAPIError(.bound, "the query has more than \(AuditAPIClient.mostPages) pages", endpoint: .realtimeQuery)
            }
            page += 1
            request.pageNumber = page
            do {
                let results = try await client.realtimeQuery(request, expand: expand)
                let audits = results.entities ?? []
                // Without a count of pages, the last page is one that is not full.
                isDone = results.pageCount.map { page >= $0 } ?? (audits.count < request.pageSize ?? 1)
                ready = audits[...]
            } catch {
                isDone = true
                throw error
            }
        }
    }
}
