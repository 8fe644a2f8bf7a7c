import AuditCore
import Engine

/// What a store holds, as a value: the reference that real stores are compared with.
public struct StoredLedgers: Sendable, Equatable {
    public struct Stored: Sendable, Equatable {
        public var start: Instant
        public var lanes: [Lane: Coverage] = [:]
        public var queries: [Ring: QueryProgress] = [:]
        public var lost: [Lane: Coverage] = [:]
        public var late = LateArrivals()
        public var acknowledged: [AcknowledgedBatch] = []
        public var forgottenBefore: Instant?
    }

    public private(set) var outputs: [String: Stored] = [:]

    public init() {}

    public func ledger(of output: String) -> Ledger? {
        outputs[output].map {
            Ledger(
                start: $0.start, lanes: $0.lanes, queries: $0.queries, lost: $0.lost, late: $0.late,
                forgottenBefore: $0.forgottenBefore)
        }
    }

    public func acknowledged(by output: String, in interval: Interval) -> [AcknowledgedBatch] {
        (outputs[output]?.acknowledged ?? []).filter { $0.last >= interval.start && $0.first < interval.end }
    }

    /// Every id that is kept for an output.
    public func ids(of output: String) -> Set<AuditID> {
        Set((outputs[output]?.acknowledged ?? []).flatMap(\.ids))
    }

    public mutating func commit(_ change: LedgerChange) throws(StoreFailure) {
        var stored: Stored
        switch (outputs[change.output], change.start) {
        case (nil, let start?): stored = Stored(start: start)
        case (let known?, nil): stored = known
        case (nil, nil): throw StoreFailure("output '\(change.output)' has not begun")
        case (_?, _?): throw StoreFailure("output '\(change.output)' began already")
        }
        stored.acknowledged += change.acknowledged
        for (lane, coverage) in change.coverage { stored.lanes[lane] = coverage.intervals.isEmpty ? nil : coverage }
        for (lane, lost) in change.lost { stored.lost[lane] = lost.intervals.isEmpty ? nil : lost }
        stored.late = change.late ?? stored.late
        for (ring, progress) in change.queries { stored.queries[ring] = progress }
        if let instant = change.forgetBefore {
            stored.acknowledged.removeAll { $0.last < instant }
            stored.forgottenBefore = max(instant, stored.forgottenBefore ?? instant)
        }
        outputs[change.output] = stored
    }
}
