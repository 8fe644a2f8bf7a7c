import AuditCore

/// What a simulated organization is like.
public struct SimulatorConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 picks a free one.
    public var port = 0
    /// The same seed makes the same organization, the same audits and the same ids.
    public var seed: UInt64 = 1
    /// The mean rate at which audits come into existence while it runs; 0 for none.
    public var eventsPerSecond: Double = 0
    /// How far back the audits go that exist when it starts.
    public var history = Duration.seconds(3600)
    /// How many those are.
    public var historyEvents = 0
    /// The content of a file of audits, one JSON object a line, which are served instead of generated ones.
    public var audits: [UInt8]?
    /// The name of that file, for errors.
    public var auditsName = "audits"
    public var faults = FaultPlan.none
    /// A second client, with `-without-permission` after this id and the same secret, lacks the permission (403).
    public var clientID = "simulator"
    public var clientSecret = Secret("simulator")
    public var tokenLifetime = Duration.seconds(86_399)
    /// Requests a token may make in a minute.
    public var requestsPerMinute = 300
    /// A page of asynchronous results with more bytes is refused, or becomes a download.
    public var pageByteLimit = 5_000_000
    /// How long an asynchronous query takes; zero for one that has succeeded when it is created.
    public var asynchronousDelay = Duration.seconds(1)
    /// How much later than realtime the asynchronous endpoint shows an audit.
    public var asynchronousVisibilityDelay = Duration.zero
    /// Where every audit that becomes visible is written down; the file is emptied first.
    public var truthLogPath: String?
    /// The clock of the organization; also of the `Date` header.
    public var now: @Sendable () -> Instant = { .system }

    public init() {}
}
