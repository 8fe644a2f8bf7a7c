import AuditCore
import Formats

/// An output as the configuration describes it: everything that is needed to make one.
public struct OutputDefinition: Sendable, Equatable {
    /// The user's own name for it: keys its offset, labels logs and metrics. 1 to 64 of `A-Z a-z 0-9 _ . -`.
    public var name: String
    public var kind: OutputKind
    public var format: Format
    public var batch: BatchLimits
    public var retry: RetryLimits
    /// Where audits go that can never be delivered; `nil` is `<name>.rejected.ndjson` beside the offset file.
    public var deadLetterPath: String?

    public init(
        name: String, kind: OutputKind, format: Format = .json, batch: BatchLimits = .init(), retry: RetryLimits = .init(),
        deadLetterPath: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.format = format
        self.batch = batch
        self.retry = retry
        self.deadLetterPath = deadLetterPath
    }
}

/// The registry of outputs. A new output is one case here; the compiler lists what it lacks.
public enum OutputKind: Sendable, Equatable {
    case standardOutput(StdoutSettings)
    case file(FileSettings)
    case tcp(TCPSettings)
    case syslog(SyslogSettings)
    case journald(JournaldSettings)
    case relp(RELPSettings)

    /// Standard output as it is without a word about it.
    public static var stdout: OutputKind { .standardOutput(StdoutSettings()) }
}

public struct StdoutSettings: Sendable, Equatable {
    /// Whether each line begins with its severity in angle brackets, which systemd takes for the priority of the journal entry
    /// (sd-daemon(3)); `nil` is none.
    public var priorities: SeverityRules?

    public init(priorities: SeverityRules? = nil) { self.priorities = priorities }
}

public struct FileSettings: Sendable, Equatable {
    /// Absolute, or relative to the working directory.
    public var path: String

    public init(path: String) { self.path = path }
}

public struct TCPSettings: Sendable, Equatable {
    public var connection: ConnectionSettings
    public var framing = Framing.newline
    public var acknowledgement = StreamAcknowledgement.kernel

    public init(connection: ConnectionSettings) { self.connection = connection }

    public init(host: String, port: Int) { connection = ConnectionSettings(addresses: [HostPort(host, port)]) }
}

/// How much one delivery may hold. A single audit that is larger than `bytes` is delivered alone.
public struct BatchLimits: Sendable, Equatable {
    /// 1 to 10,000.
    public var events: Int
    /// 1 KiB to 64 MiB, of the audits as the API sent them.
    public var bytes: Int

    public init(events: Int = 500, bytes: Int = 1 << 20) {
        self.events = events
        self.bytes = bytes
    }
}

/// How long an output that refused a delivery is left alone: `first`, then twice as long each time, up to `most`; for ever.
public struct RetryLimits: Sendable, Equatable {
    public var first: Duration
    public var most: Duration

    public init(first: Duration = .milliseconds(500), most: Duration = .seconds(60)) {
        self.first = first
        self.most = most
    }
}
