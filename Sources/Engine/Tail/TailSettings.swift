import AuditCore

/// What one tail is told. Every bound of its memory and pace stands here.
public struct TailSettings: Sendable {
    /// Where nothing else is asked for.
    public static let usualOverlap = Duration.seconds(120)
    /// How much earlier than the API a tail calls time too old: clocks differ, and a window takes a while to be read.
    static let retentionSlack: [Lane.Endpoint: Duration] = [.realtime: .seconds(60), .asynchronous: .seconds(3600)]
    /// How often a gap that goes on being lost is recorded, where nothing else happens.
    static let lossInterval = Duration.seconds(60)

    /// The output's name: the key of its ledger.
    public var output: String
    /// How often the live ring reads a lane.
    public var pollInterval = Duration.seconds(15)
    /// How much already covered time each live pass reads again.
    public var overlap = TailSettings.usualOverlap
    /// How close to the server's now coverage may come: its `Date` has whole seconds, and what happens now is not shown at once.
    public var settle = Duration.seconds(2)
    /// How often the asynchronous endpoint is read again, and how far back; `nil` for never.
    public var sweep: Rereading? = Rereading(every: .seconds(600), back: .seconds(3600))
    public var reconcile: Rereading? = Rereading(every: .seconds(86_400), back: .seconds(2 * 86_400))
    /// How long after the start the first reconciliation comes, where there are sweeps.
    public var firstReconcile = Duration.seconds(600)
    /// A longer gap of the realtime lanes is left to the asynchronous endpoint, where that is read.
    public var longestRealtimeGap = Duration.seconds(6 * 3600)
    /// How much later than realtime the asynchronous endpoint may show an audit: only before that its readings cover realtime lanes, too.
    public var asynchronousLag = Duration.seconds(3600)
    /// How far back the asynchronous endpoint reads, less an hour.
    public var asynchronousRetention = Duration.seconds(365 * 86_400 - 3600)
    /// How far behind a lane may be and still be followed by the live ring alone; behind that, catch-up works beside it.
    public var liveReach = Duration.seconds(300)
    /// How far back the realtime endpoint reads, less a minute for clocks.
    public var realtimeRetention = Duration.seconds(14 * 86_400 - 60)
    /// How long the store keeps ids behind a frontier: the longest ring that will ever read back, and slack.
    public var idRetention = Duration.seconds(3 * 86_400)
    /// How often a tail that reads one lane a service asks which services there are.
    public var laneInterval = Duration.seconds(3600)
    /// A batch holds no more than this, unless a single audit does.
    public var batchEvents = 500
    public var batchBytes = 1 << 20
    /// Pages that were read and are not acknowledged hold no more bytes than this before reading pauses (the live ring may exceed it by one page).
    public var unacknowledgedBytes = 12 << 20
    /// After this many bytes an output is asked to settle what it owes, so that one which waits before it acknowledges does not stop the reading.
    public var drainBytes = 8 << 20
    /// Acknowledged ids that wait to be written, before reading pauses.
    public var uncommittedIDs = 50_000
    /// How often the stream itself says that it lives, where it does.
    public var heartbeat: Duration?
    /// Whether the stream itself names the time that is lost.
    public var recordsGaps = false
    public var outputRetry = (first: Duration.milliseconds(500), most: Duration.seconds(60))
    public var readRetry = (first: Duration.seconds(1), most: Duration.seconds(60))
    public var reading = ReadingLimits()
    public var end: End?
    /// Whether the present is followed. Where it is not, everything from the ledger's start to `end` is one gap, read oldest first, and
    /// no covered time is read again: for a past interval, which needs an `end`, and neither sweeps nor reconciliations.
    public var followsPresent = true
    /// The seed of the jitter.
    public var seed: UInt64 = 0

    public init(output: String) { self.output = output }

    /// A ring that reads covered time again.
    public struct Rereading: Sendable, Equatable {
        public var every: Duration
        public var back: Duration

        public init(every: Duration, back: Duration) {
            self.every = every
            self.back = back
        }
    }

    /// Where a tail ends that does not run for ever.
    public struct End: Sendable, Equatable {
        /// No window ends later.
        public var readUntil: Instant
        /// The tail has finished when everything before it is covered.
        public var coverUntil: Instant

        public init(readUntil: Instant, coverUntil: Instant) {
            self.readUntil = readUntil
            self.coverUntil = coverUntil
        }
    }
}
