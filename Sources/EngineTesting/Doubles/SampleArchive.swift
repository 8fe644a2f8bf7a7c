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
        /// How much later than realtime the asynchronous endpoint shows an audit.
        public var asynchronousLag = Duration.zero
        /// How far back the endpoints reach; without bound where none is named.
        public var retention: [Lane.Endpoint: Duration] = [:]
        /// Whether a page by number ends with a row twice.
        public var repeatsRows = false

        public init() {}
    }

    /// Ascending by instant.
    public let entries: [Entry]
    public var manners: Manners
    private let lines: [SampleLine]
    private var queries: [Query] = []

    private struct Query: Sendable {
        /// `nil` once it is lost.
        var rows: [Int]?
        /// `nil` for one that never ends.
        var looks: Int?
    }

    public init(_ entries: [Entry], manners: Manners = Manners()) {
        self.entries = entries.enumerated()
            .sorted { ($0.element.audit.instant, $0.offset) < ($1.element.audit.instant, $1.offset) }.map(\.element)
        lines = self.entries.map { SampleLine($0.audit) }
        self.manners = manners
    }

    /// The bytes of an audit, from the smallest to the largest; `nil` where there is none.
    public var sizes: ClosedRange<Int>? {
        let sizes = lines.map(\.bytes.count)
        guard let smallest = sizes.min(), let largest = sizes.max() else { return nil }
        return smallest...largest
    }

    /// The places of the entries whose instants lie in an interval.
    public func places(in interval: Interval) -> Range<Int> {
        let start = place(of: interval.start)
        return start..<max(start, place(of: interval.end))
    }

    /// The first place at or after an instant.
    private func place(of instant: Instant) -> Int {
        var (low, high) = (0, lines.count)
        while low < high {
            let middle = (low + high) / 2
            if lines[middle].instant < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// What the visible audits of an interval are, ascending.
    private func visible(_ lane: Lane, _ interval: Interval, at now: Instant) -> [Int] {
        let lag = lane.endpoint == .asynchronous ? manners.asynchronousLag : .zero
        let oldest = manners.retention[lane.endpoint].map { now - $0 } ?? .distantPast
        return places(in: interval).filter { place in
            let entry = entries[place]
            return entry.visibleAt + lag <= now && entry.audit.instant >= oldest && shows(entry, lane)
        }
    }

    /// Whether the lane ever shows the entry.
    public func shows(_ entry: Entry, _ lane: Lane) -> Bool {
        (lane.service ?? entry.audit.service) == entry.audit.service
            && (lane.endpoint == .asynchronous || !manners.asynchronousOnly.contains(entry.audit.service))
    }

    public mutating func read(_ request: ReadRequest, at now: Instant) throws(ReadFailure) -> PageReading {
        switch request.position {
        case .page(let number, let size): return try page(number, size, visible(request.lane, request.interval, at: now))
        case .asynchronous(nil): return start(visible(request.lane, request.interval, at: now))
        case .asynchronous(let continuation?):
            guard continuation.isDone else {
                return PageReading(page: .empty, rest: .continued(try isDone(continuation) ? continuation.done : continuation))
            }
            return try results(continuation)
        }
    }

    /// Every query so far is gone.
    public mutating func loseQueries() { for index in queries.indices { queries[index].rows = nil } }

    /// Every query so far that has no results yet will never have any.
    public mutating func stickQueries() {
        for index in queries.indices where queries[index].looks != 0 { queries[index].looks = nil }
    }

    private func page(_ number: Int, _ wanted: Int, _ rows: [Int]) throws(ReadFailure) -> PageReading {
        guard rows.count <= manners.mostRows else { throw .tooMuch("\(rows.count) rows") }
        let size = min(wanted, manners.largestPage)
        var page = Array(rows.dropFirst((number - 1) * size).prefix(size))
        if manners.repeatsRows, let last = page.last { page.append(last) }
        let rest: PageReading.Rest =
            manners.statesTotals
            ? .numbered(total: rows.count, pageCount: (rows.count + size - 1) / size, pageSize: size)
            : .numbered(total: nil, pageCount: nil, pageSize: size)
        return PageReading(page: AuditPage(of: page.map { lines[$0] }), rest: rest)
    }

    private mutating func start(_ rows: [Int]) -> PageReading {
        queries.append(Query(rows: rows, looks: manners.looksBeforeResults))
        return PageReading(
            page: .empty, rest: .continued(Continuation(transactionID: "\(queries.count - 1)", cursor: nil)))
    }

    /// Looks at a query: whether its results can be read.
    public mutating func isDone(_ continuation: Continuation) throws(ReadFailure) -> Bool {
        let (number, _) = try rows(of: continuation)
        if queries[number].looks == 0 { return true }
        queries[number].looks? -= 1
        return false
    }

    /// A page of the results of a query that is done.
    public func results(_ continuation: Continuation) throws(ReadFailure) -> PageReading {
        let size = 20
        let position = Int(continuation.cursor ?? "0") ?? 0
        let (_, rows) = try rows(of: continuation)
        let end = position + size
        let next = end < rows.count ? Continuation(transactionID: continuation.transactionID, cursor: "\(end)") : nil
        let page = rows.dropFirst(position).prefix(size).map { lines[$0] }
        return PageReading(page: AuditPage(of: page), rest: .continued(next))
    }

    private func rows(of continuation: Continuation) throws(ReadFailure) -> (number: Int, rows: [Int]) {
        guard let number = Int(continuation.transactionID), queries.indices.contains(number) else {
            throw .queryLost("the query is unknown")
        }
        guard let rows = queries[number].rows else { throw .queryLost("the query is gone") }
        return (number, rows)
    }
}
