import Engine
import Logging

extension OutputDefinition {
    /// Makes the output. It opens nothing yet: an output that is down at the start is waited for like any other time.
    public func makeOutput(logger: Logger) -> any Output {
        switch kind {
        case .stdout: StdoutOutput(format: format)
        case .file(let settings): FileOutput(settings: settings, format: format, logger: logger)
        case .tcp(let settings): TCPOutput(settings: settings, format: format)
        }
    }

    /// What its acknowledgement means.
    public var guarantee: Guarantee {
        switch kind {
        case .stdout: StdoutOutput.guarantee
        case .file: FileOutput.guarantee
        case .tcp: TCPOutput.guarantee
        }
    }

    /// Where it delivers to, for people; without secrets.
    public var destination: String {
        switch kind {
        case .stdout: "stdout"
        case .file(let settings): "file \(settings.path)"
        case .tcp(let settings): "tcp \(settings.authority)"
        }
    }
}

extension TCPSettings {
    /// `host:port`, with brackets around an IPv6 address (RFC 3986 section 3.2.2).
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
