import AuditCore

/// Which audits one output has or is about to have. Exact: an id is known or it is not.
///
/// An id enters in flight, becomes acknowledged, is committed, and is forgotten here when no reading in progress can meet it
/// again; the store keeps it longer. Only a committed id is ever forgotten, so that memory and disk together always know it.
public struct Deduplicator: Sendable {
    private var known: Set<AuditID> = []
    /// Committed ids by the minute of event time of their batch's last audit.
    private var committed: [Int64: [AuditID]] = [:]
    /// The event time of which every committed id is in memory.
    private var loaded = Coverage()

    public init() {}

    public var count: Int { known.count }

    /// Notes the audit as being in flight. `false` where it is known already, and so a duplicate.
    public mutating func insert(_ id: AuditID) -> Bool { known.insert(id).inserted }

    public func isKnown(_ id: AuditID) -> Bool { known.contains(id) }

    /// The store has it: from now on it may be forgotten here.
    public mutating func commit(_ batch: AcknowledgedBatch) {
        committed[Deduplicator.minute(batch.last), default: []] += batch.ids
    }

    /// Takes what the store knows of `interval`.
    public mutating func load(_ batches: [AcknowledgedBatch], of interval: Interval) {
        for batch in batches {
            let fresh = batch.ids.filter { known.insert($0).inserted }
            committed[Deduplicator.minute(batch.last), default: []] += fresh
        }
        loaded.insert(interval)
    }

    public func hasLoaded(_ interval: Interval) -> Bool { loaded.contains(interval) }

    /// Forgets the committed ids outside `intervals`.
    public mutating func keep(_ intervals: [Interval]) {
        loaded = loaded.intersection(Coverage(intervals))
        for (minute, ids) in committed where !intervals.contains(where: { Deduplicator.touches($0, minute) }) {
            for id in ids { known.remove(id) }
            committed[minute] = nil
        }
    }

    private static func minute(_ instant: Instant) -> Int64 { instant.milliseconds / 60_000 }

    private static func touches(_ interval: Interval, _ minute: Int64) -> Bool {
        self.minute(interval.start) <= minute && minute <= self.minute(interval.end)
    }
}
