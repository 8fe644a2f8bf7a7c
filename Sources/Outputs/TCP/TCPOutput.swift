import Engine
import Formats
import NIOCore
import NIOPosix

/// Events as lines over a TCP connection.
///
/// Guarantee `transport`: see `Confirmation` for what is taken as an acknowledgement. One connection, opened when there is something to
/// deliver; after a break everything unconfirmed is delivered again over a new one.
public actor TCPOutput: Output {
    static let guarantee = Guarantee.transport

    public nonisolated var guarantee: Guarantee { Self.guarantee }
    public nonisolated let window = 64

    private static let connectTimeout = TimeAmount.seconds(10)

    private let settings: TCPSettings
    private let format: Format
    private let settle: Duration
    private let group: any EventLoopGroup
    private var channel: (any Channel)?

    /// - Parameters:
    ///   - settle: how long the connection has to stay sound after the peer's kernel acknowledged a batch.
    ///   - group: where the connection lives; the process's own by default.
    public init(
        settings: TCPSettings, format: Format, settle: Duration = .seconds(1),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.settings = settings
        self.format = format
        self.settle = settle
        self.group = group
    }

    private nonisolated var name: String { "tcp '\(settings.authority)'" }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let channel: any Channel
        do {
            channel = try await connected()
        } catch {
            answer(.refusedForNow(Refusal("\(name): \(TCPFailure.describe(error))")))
            return
        }
        let bytes = ByteBuffer(bytes: batch.lines(format))
        let written = channel.eventLoop.flatSubmit {
            do {
                let connection = try channel.pipeline.syncOperations.handler(type: TCPConnection.self)
                return connection.send(bytes, on: channel, reply: answer)
            } catch {
                // The connection has gone in the meantime.
                answer(.refusedForNow(Refusal("\(self.name): the connection was closed")))
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        }
        await withTaskCancellationHandler {
            // An error closes the channel, and the connection answers for the batch.
            _ = try? await written.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Half closes, and waits for the collector as long as a delivery would: until it has closed, or until everything is confirmed otherwise.
    public func drain() async {
        guard let channel, channel.isActive else { return }
        channel.eventLoop.execute {
            guard let connection = try? channel.pipeline.syncOperations.handler(type: TCPConnection.self) else { return }
            connection.halfClose(channel)
        }
        await withTaskCancellationHandler {
            _ = try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    public func close() async {
        try? await channel?.close()
        channel = nil
    }

    private func connected() async throws -> any Channel {
        if let channel, channel.isActive { return channel }
        channel = nil
        let (name, settle) = (name, settle)
        let opened = try await ClientBootstrap(group: group)
            .connectTimeout(TCPOutput.connectTimeout)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TCPConnection(name: name, settle: settle))
                }
            }
            .connect(host: settings.host, port: settings.port).get()
        channel = opened
        return opened
    }
}
