import AuditCore

/// What one output has: where it began and, per lane, what is covered and what is lost. The acknowledged ids stand beside it, in `Deduplicator` and
/// in the store.
public struct Ledger: Sendable, Equatable {
    /// The first instant that this output wants.
    public let start: Instant
    public private(set) var lanes: [Lane: Coverage]
    /// The asynchronous queries that are being read, by their ring.
    public private(set) var queries: [Ring: QueryProgress]
    /// The time that was not covered while an endpoint gave it: nothing reads it, and so it is no gap any more, and never covered.
    public private(set) var lost: [Lane: Coverage]
    /// Of the audits that were acknowledged.
    public private(set) var late: LateArrivals
    /// The store has dropped ids of batches that ended before it; `nil` where it has all.
    public let forgottenBefore: Instant?

    public init(
        start: Instant, lanes: [Lane: Coverage] = [:], queries: [Ring: QueryProgress] = [:], lost: [Lane: Coverage] = [:],
        late: LateArrivals = LateArrivals(), forgottenBefore: Instant? = nil
    ) {
        self.forgottenBefore = forgottenBefore
        self.start = start
        self.lanes = lanes
        self.queries = queries
        self.lost = lost
        self.late = late
    }

    public func coverage(of lane: Lane) -> Coverage { lanes[lane] ?? Coverage() }

    /// The instant up to which the lane has been followed, whatever holes are left behind it.
    public func frontier(of lane: Lane) -> Instant { max(coverage(of: lane).end ?? start, start) }

    public func lost(of lane: Lane) -> Coverage { lost[lane] ?? Coverage() }

    /// The holes that are still to be read before `end`, oldest first; where that is `nil`, behind the frontier.
    public func gaps(of lane: Lane, before end: Instant? = nil) -> [Interval] {
        var known = coverage(of: lane)
        for interval in lost(of: lane).intervals { known.insert(interval) }
        return known.gaps(in: Interval(start, max(start, end ?? frontier(of: lane))))
    }

    public mutating func cover(_ interval: Interval, of lane: Lane) {
        // What was read too late may have been shown in part.
        for part in lost(of: lane).gaps(in: interval) { lanes[lane, default: Coverage()].insert(part) }
    }

    /// What is lost of a lane, in all.
    public mutating func lose(_ lost: Coverage, of lane: Lane) { self.lost[lane] = lost.intervals.isEmpty ? nil : lost }

    public mutating func note(_ late: LateArrivals) { self.late.add(late) }

    /// How far the query of a ring is; `nil` where it has none.
    public mutating func note(_ progress: QueryProgress?, of ring: Ring) { queries[ring] = progress }

    /// Takes over the lanes that are read from now on. What an endpoint's lane of all services has, every service has there.
    /// Never the other way round: what the known services have says nothing of a service that was not read.
    ///
    /// - Returns: the lanes that know more by that, for the store.
    public mutating func adopt(_ wanted: [Lane]) -> [Lane] {
        wanted.filter { lane in
            let before = (coverage(of: lane), lost(of: lane))
            let all = Lane(service: nil, endpoint: lane.endpoint)
            for interval in coverage(of: all).intervals { cover(interval, of: lane) }
            var gone = lost(of: lane)
            for part in lost(of: all).intervals.flatMap(coverage(of: lane).gaps) { gone.insert(part) }
            lose(gone, of: lane)
            return before != (coverage(of: lane), gone)
        }
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
    /// All that is lost of every lane of which that changed.
    public var lost: [Lane: Coverage] = [:]
    /// All figures, with the acknowledged ids of this change in them, where that made them others.
    public var late: LateArrivals?
    /// How far the queries are that went on; `nil` for a ring whose query is done.
    public var queries: [Ring: QueryProgress?] = [:]
    /// Ids of batches that lie wholly before this instant may be dropped.
    public var forgetBefore: Instant?

    public init(output: String) { self.output = output }

    public var isEmpty: Bool {
        start == nil && acknowledged.isEmpty && coverage.isEmpty && lost.isEmpty && late == nil && queries.isEmpty
            && forgetBefore == nil
    }

    /// The number of ids in it.
    public var count: Int { acknowledged.reduce(0) { $0 + $1.ids.count } }

    /// Adds what came after this change.
    public mutating func append(_ later: LedgerChange) {
        start = later.start ?? start
        acknowledged += later.acknowledged
        coverage.merge(later.coverage) { $1 }
        lost.merge(later.lost) { $1 }
        late = later.late ?? late
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
