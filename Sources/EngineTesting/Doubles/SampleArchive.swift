import AuditCore
import Engine

/// What an organization's API would answer, as a value: audits that become visible at their own time, served page by page from what is
/// visible at the moment of the request.
public struct SampleArchive: Sendable {
    public struct Entry: Sendable {
        public let audit: SampleAudit
        public let visibleAt: Instant

        public init(_ audit: SampleAudit, visibleAt: Instant) {
            self.audit = audit
            self.visibleAt = visibleAt
        }
    }

    /// What the answers say around their audits.
    public struct Manners: Sendable {
        public var statesTotals = true
        /// The largest page that is served; a larger one is cut, and said so.
        public var largestPage = Int.max
        /// The largest set that is served at all by page number.
        public var mostRows = Int.max

        public init() {}
    }

    /// Ascending by instant.
    public let entries: [Entry]
    public var manners: Manners
    private var queries: [[SampleAudit]] = []

    public init(_ entries: [Entry], manners: Manners = Manners()) {
        self.entries = entries.enumerated()
            .sorted { ($0.element.audit.instant, $0.offset) < ($1.element.audit.instant, $1.offset) }.map(\.element)
        self.manners = manners
    }

    /// The visible audits of an interval, ascending.
    public func visible(_ lane: Lane, _ interval: Interval, at now: Instant) -> [SampleAudit] {
        entries.filter {
            $0.visibleAt <= now && interval.contains($0.audit.instant) && (lane.service ?? $0.audit.service) == $0.audit.service
        }.map(\.audit)
    }

    public mutating func read(_ request: ReadRequest, at now: Instant) throws(ReadFailure) -> PageReading {
        switch request.position {
        case .page(let number, let size): try page(number, size, visible(request.lane, request.interval, at: now))
        case .asynchronous(nil): start(visible(request.lane, request.interval, at: now))
        case .asynchronous(let continuation?): try goOn(continuation)
        }
    }

    /// Every query so far is gone.
    public mutating func loseQueries() { queries = queries.map { _ in [] } }

    private func page(_ number: Int, _ wanted: Int, _ rows: [SampleAudit]) throws(ReadFailure) -> PageReading {
        guard rows.count <= manners.mostRows else { throw .tooMuch("\(rows.count) rows") }
        let size = min(wanted, manners.largestPage)
        let page = Array(rows.dropFirst((number - 1) * size).prefix(size))
        let rest: PageReading.Rest =
            manners.statesTotals
            ? .numbered(total: rows.count, pageCount: (rows.count + size - 1) / size, pageSize: size)
            : .numbered(total: nil, pageCount: nil, pageSize: size)
        return PageReading(page: AuditPage(of: page), rest: rest)
    }

    private mutating func start(_ rows: [SampleAudit]) -> PageReading {
        queries.append(rows)
        return PageReading(
            page: .empty, rest: .continued(Continuation(transactionID: "\(queries.count - 1)", cursor: nil)))
    }

    private func goOn(_ continuation: Continuation) throws(ReadFailure) -> PageReading {
        let size = 20
        let position = Int(continuation.cursor ?? "0") ?? 0
        guard let number = Int(continuation.transactionID), queries.indices.contains(number) else {
            throw .queryLost("the query is unknown")
        }
        let rows = queries[number]
        let end = position + size
        let next = end < rows.count ? Continuation(transactionID: continuation.transactionID, cursor: "\(end)") : nil
        return PageReading(page: AuditPage(of: Array(rows.dropFirst(position).prefix(size))), rest: .continued(next))
    }
}
