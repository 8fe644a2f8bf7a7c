import AuditCore

/// What time it is, in the two senses that the engine knows.
public struct Moment: Sendable, Equatable {
    /// Runs forward only; for waits.
    public let clock: Duration
    /// The server's now, never ahead of it; for windows.
    public let server: Instant

    public init(clock: Duration, server: Instant) {
        self.clock = clock
        self.server = server
    }
}

/// What happened to a tail.
public enum TailEvent: Sendable {
    case started
    case lanes(Result<[Lane], ReadFailure>)
    case loaded(Ring, Interval, Result<[AcknowledgedBatch], StoreFailure>)
    case read(Ring, Result<PageReading, ReadFailure>)
    /// The output has the batch in its hands, and can be given another one; its answer is an event of its own, before or after this.
    case taken
    case answered(sequence: Int, Answer)
    case committed(Result<Void, StoreFailure>)
    case woken
    /// Read no more; deliver and commit what was read.
    case stopped
}

/// What a tail wants done. Each is answered by exactly one event, but for `deliver` and `setApart` (`taken` and `answered`), and for
/// `wake` (the earliest counts), `drain`,
/// `report` and `finish`.
public enum TailAction: Sendable {
    case findLanes
    case load(Ring, Interval)
    case read(Ring, ReadRequest)
    case deliver(Batch)
    /// Audits that can never be delivered: to the dead letters. Answered as a delivery is.
    case setApart(Batch, reason: String)
    /// No batch follows for now: let the output settle what it owes. Not answered.
    case drain
    case commit(LedgerChange)
    case wake(at: Duration)
    case report(TailReport)
    /// Everything is delivered and committed; nothing will follow.
    case finish(Refusal?)
}

/// The store could not do it; the reason is for people.
public struct StoreFailure: Error, Sendable, Equatable {
    public let reason: String

    public init(_ reason: String) { self.reason = reason }
}

/// What an operator should know. Recovery is reported as failure is.
public enum TailReport: Sendable, Equatable {
    case readFailing(Lane, ReadFailure, retryIn: Duration)
    case readRecovered(Lane)
    case windowRepeated(Lane, Interval, reason: String)
    case windowSplit(Lane, Interval, reason: String)
    case outputFailing(reason: String, retryIn: Duration)
    case outputRecovered
    /// The run ends while the output refuses; so many audits were read and will be read again.
    case abandoned(count: Int, reason: String)
    case storeFailing(reason: String, retryIn: Duration)
    case storeRecovered
    /// No endpoint can give it any more: it is recorded as lost, and not said again.
    case beyondRetention(Lane, Interval)
    case lanes([Lane])
}

/// Where a tail stands.
public struct TailStatus: Sendable, Equatable {
    /// Audits that the API showed, duplicates included.
    public var received = 0
    /// Audits that had been acknowledged or were in flight when the API showed them again.
    public var duplicates = 0
    /// Audits that the output acknowledged.
    public var delivered = 0
    /// Audits that went to the dead letters: they have no id, or the output refused them for good.
    public var setApart = 0
    /// Audits that were read and are not acknowledged.
    public var unacknowledged = 0
    /// The instant up to which everything was delivered, holes aside; the oldest lane's.
    public var frontier: Instant?
    /// Time that is still to be read, of all lanes: behind the frontiers, or of the whole interval where the present is not followed.
    public var gap = Duration.zero
    /// It has finished, and not because it was stopped: everything up to its end is covered.
    public var isComplete = false
    /// Time that no endpoint gives any more, of all lanes.
    public var lost = Duration.zero
    /// How many intervals of it this process has recorded.
    public var lostGaps = 0
    /// Of all runs together.
    public var late = LateArrivals()
    /// From an audit's time, by the server's clock, to the moment at which the API first showed it to this tail.
    public var arrivals = DelayHistogram.arrival
    /// From that moment to the output's acknowledgement.
    public var deliveries = DelayHistogram.delivery
    /// The first instant that the output wants; `nil` before the lanes are known.
    public var start: Instant?
    /// The time behind `gap`, of all lanes together.
    public var gaps = Coverage()
    /// The time behind `lost`, of all lanes together.
    public var losses = Coverage()
    /// So much is read and not acknowledged that nothing more is read for now.
    public var isFull = false

    public init() {}

    /// The same, with what an earlier tail of the same output has counted added to what this one counts.
    public func counted(after earlier: TailStatus) -> TailStatus {
        var sum = self
        sum.received += earlier.received
        sum.duplicates += earlier.duplicates
        sum.delivered += earlier.delivered
        sum.setApart += earlier.setApart
        sum.lostGaps += earlier.lostGaps
        sum.arrivals.add(earlier.arrivals)
        sum.deliveries.add(earlier.deliveries)
        return sum
    }
}
