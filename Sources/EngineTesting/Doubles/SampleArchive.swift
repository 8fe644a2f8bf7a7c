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
        /// The services that the realtime endpoint does not have.
        public var asynchronousOnly: Set<String> = []
        /// How often a query is looked at before its results are there.
        public var looksBeforeResults = 0

        public init() {}
    }

    /// Ascending by instant.
    public let entries: [Entry]
    public var manners: Manners
    private var queries: [Query] = []

    private struct Query: Sendable {
        /// `nil` once it is lost.
        var rows: [SampleAudit]?
        /// `nil` for one that never ends.
        var looks: Int?
    }

    public init(_ entries: [Entry], manners: Manners = Manners()) {
        self.entries = entries.enumerated()
            .sorted { ($0.element.audit.instant, $0.offset) < ($1.element.audit.instant, $1.offset) }.map(\.element)
        self.manners = manners
    }

    /// The visible audits of an interval, ascending.
    public func visible(_ lane: Lane, _ interval: Interval, at now: Instant) -> [SampleAudit] {
        entries.filter { $0.visibleAt <= now && interval.contains($0.audit.instant) && shows($0, lane) }.map(\.audit)
    }

    /// Whether the lane ever shows the entry.
    public func shows(_ entry: Entry, _ lane: Lane) -> Bool {
        (lane.service ?? entry.audit.service) == entry.audit.service
            && (lane.endpoint == .asynchronous || !manners.asynchronousOnly.contains(entry.audit.service))
    }

    public mutating func read(_ request: ReadRequest, at now: Instant) throws(ReadFailure) -> PageReading {
        switch request.position {
        case .page(let number, let size): try page(number, size, visible(request.lane, request.interval, at: now))
        case .asynchronous(nil): start(visible(request.lane, request.interval, at: now))
        case .asynchronous(let continuation?): try goOn(continuation)
        }
    }

    /// Every query so far is gone.
    public mutating func loseQueries() { for index in queries.indices { queries[index].rows = nil } }

    /// Every query so far that has no results yet will never have any.
    public mutating func stickQueries() {
        for index in queries.indices where queries[index].looks != 0 { queries[index].looks = nil }
    }

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
        queries.append(Query(rows: rows, looks: manners.looksBeforeResults))
        return PageReading(
            page: .empty, rest: .continued(Continuation(transactionID: "\(queries.count - 1)", cursor: nil)))
    }

    private mutating func goOn(_ continuation: Continuation) throws(ReadFailure) -> PageReading {
        let size = 20
        let position = Int(continuation.cursor ?? "0") ?? 0
        guard let number = Int(continuation.transactionID), queries.indices.contains(number) else {
            throw .queryLost("the query is unknown")
        }
        guard let rows = queries[number].rows else { throw .queryLost("the query is gone") }
        if continuation.cursor == nil, queries[number].looks != 0 {
            queries[number].looks? -= 1
            return PageReading(page: .empty, rest: .continued(continuation))
        }
        let end = position + size
        let next = end < rows.count ? Continuation(transactionID: continuation.transactionID, cursor: "\(end)") : nil
        return PageReading(page: AuditPage(of: Array(rows.dropFirst(position).prefix(size))), rest: .continued(next))
    }
}
