import Formats

/// The output `syslog`: messages, and how they travel.
public struct SyslogSettings: Sendable, Equatable {
    public enum Transport: Sendable, Equatable {
        /// RFC 5426.
        case udp([HostPort])
        /// RFC 6587, and with TLS RFC 5425.
        case stream(ConnectionSettings, Framing, StreamAcknowledgement)
        /// `/dev/log`, or wherever a local receiver listens.
        case unix(path: String)
    }

    public var transport: Transport
    public var message = SyslogMessageSettings()
    /// Bytes of one message without its frame; what is larger goes to the dead letters. `nil` is what the transport carries.
    public var largestMessage: Int?

    public init(transport: Transport) { self.transport = transport }

    /// Of a datagram over IPv4 (RFC 5426 section 3.2); what is larger needs another transport.
    static let largestDatagram = 65_507

    var connection: ConnectionSettings? { if case .stream(let connection, _, _) = transport { connection } else { nil } }

    var largest: Int? {
        guard case .udp = transport else { return largestMessage }
        return min(largestMessage ?? .max, SyslogSettings.largestDatagram)
    }

    /// For people.
    var destination: String {
        switch transport {
        case .udp(let addresses): "udp \(addresses.map(\.description).joined(separator: ","))"
        case .stream(let connection, _, _): "\(connection.tls == nil ? "tcp" : "tls") \(connection.destination)"
        case .unix(let path): "unix \(path)"
        }
    }
}
