import Formats
import NIOCore
import NIOPosix

extension StreamOutput {
    /// The output `tcp`: events alone, in the framing that the collector wants.
    ///
    /// - Parameters:
    ///   - settle: how long the connection has to stay sound after the peer's kernel acknowledged a batch.
    ///   - group: where the connections live; the process's own by default.
    public init(
        tcp settings: TCPSettings, format: Format, settle: Duration = .seconds(1),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.init(
            name: "tcp '\(settings.connection.destination)'", connection: settings.connection,
            encoder: StreamEncoder(message: .event(format), framing: settings.framing, largest: nil),
            isStrict: settings.acknowledgement == .close,
            settle: settle, group: group)
    }
}
