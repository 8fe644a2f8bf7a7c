import AuditCore

/// One output's tail: plan, read, drop what was acknowledged, deliver, commit.
///
/// A value that decides and does nothing itself: it is told what happened and returns what is to be done. `TailRunner` does it; a
/// simulation can do it just as well. The order is the promise: an audit's id is committed after the output acknowledged it, and time is covered
/// after every audit that a complete read of it showed was acknowledged.
public struct Tail: Sendable {
    let settings: TailSettings
    /// What is acknowledged.
    var ledger: Ledger
    /// The ledger as it will be when everything that was read is acknowledged: what is in it needs no reading.
    var planned: Ledger
    var schedule: Schedule
    var deduplicator = Deduplicator()
    var deliveries: DeliveryQueue
    var commits: CommitQueue
    var slots: [Ring: PassSlot]
    public internal(set) var status = TailStatus()
    var isFindingLanes = false
    /// `nil` where the lanes stay as they are.
    var findLanesAt: Duration? = .zero
    var laneBackoff: Backoff
    var isStopping = false
    /// The output refused while the run was to end.
    var isGivingUp = false
    var finalRefusal: Refusal?
    /// The queries of an earlier process that are still to be taken up.
    var unfinished: [Ring: QueryProgress]
    var isFinished = false
    var forgottenAt = Duration.zero
    /// When the next heartbeat is due.
    var heartbeatAt = Duration.zero
    /// The batch of one that is not acknowledged yet: another one would say no more.
    var heartbeatUnderWay: Int?
    /// What is lost, and where the tail stands, is to be looked at anew.
    var isLedgerChanged = true
    var lostBefore = Instant.distantPast

    /// - Parameter window: how many batches the output takes without having answered.
    public init(settings: TailSettings, ledger: Ledger, window: Int) {
        func backoff(_ retry: (first: Duration, most: Duration), _ salt: UInt64) -> Backoff {
            Backoff(first: retry.first, most: retry.most, seed: settings.seed &+ salt)
        }
        self.settings = settings
        self.ledger = ledger
        planned = ledger
        unfinished = ledger.queries
        schedule = Schedule(settings: settings)
        deliveries = DeliveryQueue(window: window, backoff: backoff(settings.outputRetry, 1))
        commits = CommitQueue(output: settings.output, backoff: backoff(settings.readRetry, 2))
        slots = [:]
        for (index, ring) in Ring.allCases.enumerated() {
            slots[ring] = PassSlot(ring: ring, backoff: backoff(settings.readRetry, 10 + UInt64(index)))
        }
        laneBackoff = backoff(settings.readRetry, 5)
    }

    /// - Precondition: nothing follows after `finish`.
    public mutating func handle(_ event: TailEvent, at moment: Moment) -> [TailAction] {
        guard !isFinished else { return [] }
        var actions: [TailAction] = []
        take(event, at: moment, &actions)
        advance(at: moment, &actions)
        updateStatus()
        return actions
    }

    /// What it holds in memory; the settings bound each.
    package var holdings: Holdings {
        Holdings(bytes: deliveries.bytes, uncommitted: commits.count, known: deduplicator.count)
    }

    package struct Holdings {
        /// Bytes that are not acknowledged.
        package let bytes: Int
        /// Ids that are acknowledged and not on disk.
        package let uncommitted: Int
        /// Ids in memory, for whatever reason.
        package let known: Int
    }
}
