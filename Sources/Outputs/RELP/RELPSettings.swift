import Formats

/// The output `relp`: messages, each with an answer of its own (RELP, the Reliable Event Logging Protocol of rsyslog).
public struct RELPSettings: Sendable, Equatable {
    public enum Payload: Sendable, Equatable {
        /// What every receiver expects in the protocol's `syslog` command.
        case syslog(SyslogMessageSettings)
        /// The event alone.
        case raw
    }

    public var connection: ConnectionSettings
    public var payload = Payload.syslog(SyslogMessageSettings())
    /// Bytes of one message without its frame; what is larger goes to the dead letters. The default is what the protocol's specification
    /// lets a receiver take.
    public var largestMessage = 128 << 10
    /// How many messages may be without an answer. 1 to 65,536.
    public var window = 128
    /// How long a receiver that owes answers may go without giving one, or its kernel without taking a byte, before the connection is broken.
    public var answerTimeout = Duration.seconds(30)

    public init(connection: ConnectionSettings) { self.connection = connection }

    public init(host: String, port: Int) { connection = ConnectionSettings(addresses: [HostPort(host, port)]) }

    /// For people.
    var destination: String { "\(connection.tls == nil ? "relp" : "relp+tls") \(connection.destination)" }
}
