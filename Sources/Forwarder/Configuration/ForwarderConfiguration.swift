import AuditCore
import Engine
import Logging
import Outputs

/// Everything that a run needs to know, checked and complete. Made by ``load(flags:environment:files:)``.
public struct ForwarderConfiguration: Sendable, Equatable {
    public var genesys: GenesysSettings
    public var tail: TailConfiguration
    /// Where the ledger is kept: absolute, or relative to the working directory.
    public var offsetsPath: String
    /// How long ids are kept at least, for `offsets verify`: 1 h to 400 d; `nil` for no longer than reading needs them.
    public var keepIDs: Duration?
    /// At least one, in the order of the file or of the flags; names and files are used once each.
    public var outputs: [OutputDefinition]
    public var log: LogSettings
    /// The operator's port; `nil` for none.
    public var http: HTTPSettings?
    /// How long a stopping run may deliver what it has read: 1 s to 10 min.
    public var shutdownTimeout: Duration
    /// The file that was read, as it was named; `nil` where there is none.
    public var source: String?

    public init(
        genesys: GenesysSettings, tail: TailConfiguration = .init(), offsetsPath: String, keepIDs: Duration? = nil,
        outputs: [OutputDefinition], log: LogSettings = .init(), http: HTTPSettings? = nil,
        shutdownTimeout: Duration = .seconds(20), source: String? = nil
    ) {
        self.genesys = genesys
        self.tail = tail
        self.offsetsPath = offsetsPath
        self.keepIDs = keepIDs
        self.outputs = outputs
        self.log = log
        self.http = http
        self.shutdownTimeout = shutdownTimeout
        self.source = source
    }
}

/// Which time is read, and how often.
public struct TailConfiguration: Sendable, Equatable {
    /// Where an output begins that has no offset yet.
    public enum Start: Sendable, Equatable {
        /// At the server's time of the start.
        case now
        /// So long before it: 1 s to 365 d, the time that the API keeps audits.
        case back(Duration)
        case at(Instant)
    }

    public var since: Start
    /// Where the run ends by itself; `nil` is never. Given by a flag only.
    public var until: Instant?
    /// Between two realtime queries that find nothing unusual: 1 s to 1 h.
    public var pollInterval: Duration
    /// How much already covered time each realtime query reads again: 1 s to 1 d.
    public var overlap: Duration
    /// How often the asynchronous endpoint reads again, and how far back: every 1 min to 1 d, back 1 min to 31 d; `nil` for never.
    public var sweep: TailSettings.Rereading?
    /// The same, less often and further back.
    public var reconcile: TailSettings.Rereading?
    /// How often a record in the stream says that it lives: 1 s to 1 d; `nil` for never.
    public var heartbeat: Duration?
    /// Whether a record in the stream names the time that is lost.
    public var recordsGaps = false

    public init(
        since: Start = .now, until: Instant? = nil, pollInterval: Duration = .seconds(15),
        overlap: Duration = TailSettings.usualOverlap,
        sweep: TailSettings.Rereading? = TailSettings(output: "").sweep,
        reconcile: TailSettings.Rereading? = TailSettings(output: "").reconcile
    ) {
        self.sweep = sweep
        self.reconcile = reconcile
        self.since = since
        self.until = until
        self.pollInterval = pollInterval
        self.overlap = overlap
    }
}

/// Where an operator looks at the run over HTTP.
public struct HTTPSettings: Sendable, Equatable {
    /// A name or an address of this machine; an IPv6 address without brackets.
    public var host: String
    /// 1 to 65535.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// What the program says about itself on stderr.
public struct LogSettings: Sendable, Equatable {
    public enum Format: String, CaseIterable, Sendable {
        case text, json
    }

    public var level: Logger.Level
    public var format: Format

    public init(level: Logger.Level = .info, format: Format = .text) {
        self.level = level
        self.format = format
    }
}
