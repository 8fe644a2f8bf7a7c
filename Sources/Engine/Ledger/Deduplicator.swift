import AuditCore

/// Which audits one output has or is about to have. Exact: an id is known or it is not.
///
/// An id enters in flight, becomes acknowledged, is committed, and is forgotten here when no reading in progress can meet it
/// again; the store keeps it longer. Only a committed id is ever forgotten, so that memory and disk together always know it.
public struct Deduplicator: Sendable {
    private var known: Set<AuditID> = []
    /// The minutes of event time from a batch's first audit to its last.
    private struct Minutes: Hashable {
        let first: Int64
        let last: Int64

        init(_ start: Instant, _ end: Instant) {
            first = start.milliseconds / 60_000
            last = end.milliseconds / 60_000
        }

        func touches(_ other: Minutes) -> Bool { first <= other.last && other.first <= last }
    }

    /// Committed ids by the time that their batch spans: the store gives batches, and so a batch is kept or forgotten as a whole.
    private var committed: [Minutes: [AuditID]] = [:]
    /// The event time of which every committed id is in memory.
    private var loaded = Coverage()

    public init() {}

    public var count: Int { known.count }

    /// Notes the audit as being in flight. `false` where it is known already, and so a duplicate.
    public mutating func insert(_ id: AuditID) -> Bool { known.insert(id).inserted }

    public func isKnown(_ id: AuditID) -> Bool { known.contains(id) }

    /// The store has it: from now on it may be forgotten here.
    public mutating func commit(_ batch: AcknowledgedBatch) {
        committed[Minutes(batch.first, batch.last), default: []] += batch.ids
    }

    /// Takes what the store knows of `interval`.
    public mutating func load(_ batches: [AcknowledgedBatch], of interval: Interval) {
        for batch in batches {
            let fresh = batch.ids.filter { known.insert($0).inserted }
            committed[Minutes(batch.first, batch.last), default: []] += fresh
        }
        loaded.insert(interval)
    }

    public func hasLoaded(_ interval: Interval) -> Bool { loaded.contains(interval) }

    /// Forgets the committed ids outside `intervals`.
    public mutating func keep(_ intervals: [Interval]) {
        loaded = loaded.intersection(Coverage(intervals))
        let kept = intervals.map { Minutes($0.start, $0.end) }
        for (minutes, ids) in committed where !kept.contains(where: minutes.touches) {
            for id in ids { known.remove(id) }
            committed[minutes] = nil
        }
    }
}
