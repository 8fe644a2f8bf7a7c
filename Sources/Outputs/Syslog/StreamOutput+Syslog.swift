import Formats
import NIOCore
import NIOPosix

extension StreamOutput {
    /// The output `syslog` over TCP, with TLS or without.
    ///
    /// - Parameters:
    ///   - settle: how long the connection has to stay sound after the peer's kernel acknowledged a batch.
    ///   - group: where the connections live; the process's own by default.
    init(
        syslog settings: SyslogSettings, over connection: ConnectionSettings, framing: Framing,
        acknowledgement: StreamAcknowledgement,
        format: Format, settle: Duration = .seconds(1), group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        let message = SyslogMessage(settings: settings.message, format: format, keepsLineEnds: framing != .newline)
        self.init(
            name: "syslog '\(connection.destination)'", connection: connection,
            encoder: StreamEncoder(message: .syslog(message), framing: framing, largest: settings.largest),
            isStrict: acknowledgement == .close, settle: settle, group: group)
    }
}
