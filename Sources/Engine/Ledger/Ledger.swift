import AuditCore

/// What one output has: where it began and, per lane, the coverage. The acknowledged ids stand beside it, in `Deduplicator` and
/// in the store.
public struct Ledger: Sendable, Equatable {
    /// The first instant that this output wants.
    public let start: Instant
    public private(set) var lanes: [Lane: Coverage]
    /// The asynchronous queries that are being read, by their ring.
    public private(set) var queries: [Ring: QueryProgress]

    public init(start: Instant, lanes: [Lane: Coverage] = [:], queries: [Ring: QueryProgress] = [:]) {
        self.start = start
        self.lanes = lanes
        self.queries = queries
    }

    public func coverage(of lane: Lane) -> Coverage { lanes[lane] ?? Coverage() }

    /// The instant up to which the lane has been followed, whatever holes are left behind it.
    public func frontier(of lane: Lane) -> Instant { max(coverage(of: lane).end ?? start, start) }

    /// The holes behind the frontier, oldest first.
    public func gaps(of lane: Lane) -> [Interval] {
        coverage(of: lane).gaps(in: Interval(start, frontier(of: lane)))
    }

    public mutating func cover(_ interval: Interval, of lane: Lane) {
        lanes[lane, default: Coverage()].insert(interval)
    }

    /// How far the query of a ring is; `nil` where it has none.
    public mutating func note(_ progress: QueryProgress?, of ring: Ring) { queries[ring] = progress }

    /// Takes over the lanes that are read from now on. What an endpoint's lane of all services has, every service has there.
    /// Never the other way round: what the known services have says nothing of a service that was not read.
    ///
    /// - Returns: the lanes whose coverage has grown by that, for the store.
    public mutating func adopt(_ wanted: [Lane]) -> [Lane] {
        let grown = wanted.filter { lane in
            coverage(of: Lane(service: nil, endpoint: lane.endpoint)).intervals.contains { !coverage(of: lane).contains($0) }
        }
        for lane in grown {
            for interval in coverage(of: Lane(service: nil, endpoint: lane.endpoint)).intervals { cover(interval, of: lane) }
        }
        return grown
    }

    /// The instant before which no id can be needed again: nothing reads further back than `retention` behind a frontier, except to
    /// fill a gap, which begins `overlap` before it.
    ///
    /// - Parameter horizon: what is older can be read by nothing, and so a gap before it needs no ids.
    public func idsNeeded(
        since lanesInUse: [Lane], retention: Duration, overlap: Duration, horizon: Instant = .distantPast
    ) -> Instant {
        let needed = lanesInUse.map { lane in
            let gap = gaps(of: lane).first { $0.end > horizon }
            let filling = gap.map { max($0.start, horizon) - overlap } ?? .distantFuture
            return min(frontier(of: lane) - max(retention, overlap), filling)
        }
        return (needed.min() ?? start) - .seconds(60)
    }
}

/// What one transaction writes: ids and coverage together, so that neither on disk is ever ahead of the other.
public struct LedgerChange: Sendable, Equatable {
    public var output: String
    /// Set once, when the output begins.
    public var start: Instant?
    /// The ids that the output acknowledged, a batch an element.
    public var acknowledged: [AcknowledgedBatch] = []
    /// The whole coverage of every lane that changed.
    public var coverage: [Lane: Coverage] = [:]
    /// How far the queries are that went on; `nil` for a ring whose query is done.
    public var queries: [Ring: QueryProgress?] = [:]
    /// Ids of batches that lie wholly before this instant may be dropped.
    public var forgetBefore: Instant?

    public init(output: String) { self.output = output }

    public var isEmpty: Bool {
        start == nil && acknowledged.isEmpty && coverage.isEmpty && queries.isEmpty && forgetBefore == nil
    }

    /// The number of ids in it.
    public var count: Int { acknowledged.reduce(0) { $0 + $1.ids.count } }

    /// Adds what came after this change.
    public mutating func append(_ later: LedgerChange) {
        start = later.start ?? start
        acknowledged += later.acknowledged
        coverage.merge(later.coverage) { $1 }
        queries.merge(later.queries) { $1 }
        forgetBefore = later.forgetBefore ?? forgetBefore
    }
}

/// The ids of one acknowledged batch, and the first and last instant of its audits.
public struct AcknowledgedBatch: Sendable, Equatable {
    public let first: Instant
    public let last: Instant
    public let ids: [AuditID]

    public init(first: Instant, last: Instant, ids: [AuditID]) {
        self.first = first
        self.last = last
        self.ids = ids
    }
}
