import Engine
import Logging

extension OutputDefinition {
    /// Makes the output. It opens nothing yet: an output that is down at the start is waited for like any other time.
    public func makeOutput(logger: Logger) -> any Output {
        for warning in warnings {
            logger.warning("the output is weaker than it could be", metadata: ["output": "\(name)", "what": "\(warning)"])
        }
        return switch kind {
        case .standardOutput(let settings): StdoutOutput(format: format, priorities: settings.priorities)
        case .file(let settings): FileOutput(settings: settings, format: format, logger: logger)
        case .tcp(let settings): StreamOutput(tcp: settings, format: format)
        case .syslog(let settings): settings.makeOutput(format: format)
        case .journald(let settings): JournaldOutput(settings: settings, format: format, logger: logger)
        case .relp(let settings): RELPOutput(settings: settings, format: format, logger: logger)
        }
    }

    /// What an operator should know of it, and may not have wanted.
    public var warnings: [String] {
        var warnings: [String] = []
        if guarantee == .none { warnings.append("nothing tells whether what is sent arrives: audits can be lost on their way") }
        if connection?.tls?.verification == TLSSettings.Verification.none {
            warnings.append("the receiver's certificate is not verified: anybody in between can read the audits, and take them")
        }
        if case .journald(let settings) = kind, let warning = settings.evidence.warning { warnings.append(warning) }
        return warnings
    }

    var connection: ConnectionSettings? {
        switch kind {
        case .standardOutput, .file, .journald: nil
        case .tcp(let settings): settings.connection
        case .syslog(let settings): settings.connection
        case .relp(let settings): settings.connection
        }
    }

    /// What its acknowledgement means; for journald, what it would mean if the output were made now.
    public var guarantee: Guarantee {
        switch kind {
        case .standardOutput: StdoutOutput.guarantee
        case .file: FileOutput.guarantee
        case .tcp: StreamOutput.guarantee
        case .syslog(let settings): settings.guarantee
        case .journald(let settings): settings.evidence.guarantee
        case .relp: RELPOutput.guarantee
        }
    }

    /// Where it delivers to, for people; without secrets.
    public var destination: String {
        switch kind {
        case .standardOutput: "stdout"
        case .file(let settings): "file \(settings.path)"
        case .tcp(let settings): "\(settings.connection.tls == nil ? "tcp" : "tls") \(settings.connection.destination)"
        case .syslog(let settings): "syslog over \(settings.destination)"
        case .journald: "journald"
        case .relp(let settings): settings.destination
        }
    }
}
