import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import HTTPServing

@Suite(.timeLimit(.minutes(5)))
struct HTTP1ConnectionsTests {
    private static let connections = HTTP1Connections { _, _, _ in }

    /// What becomes of it when the task that serves has been cancelled; SwiftNIO would end this process.
    @Test func `a connection that is accepted and forgotten is closed`() async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                Self.connections.setup(channel: channel, logger: .quiet("test")).map { _ in }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: try #require(listener.localAddress)).get()
        try await client.closeFuture.get()
        try await listener.close()
    }

    /// However often, and wherever the cancellation meets the connections that come in.
    @Test func `a server that is cancelled while connections come in ends, and the process goes on`() async throws {
        for _ in 0..<5 {
            let (ports, port) = AsyncStream.makeStream(of: SocketAddress.self)
            let server = try HTTPServerBuilder.cancellableHTTP1().buildServer(
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: .quiet("test"), responder: { _, _, _ in },
                onServerRunning: { channel in channel.localAddress.map { _ = port.yield($0) } })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                var begun = ports.makeAsyncIterator()
                let address = try #require(await begun.next())
                let clients = (0..<30).map { _ in
                    ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(to: address)
                }
                _ = try await clients[0].get()
                group.cancelAll()
                for client in clients { try? await client.flatMap(\.closeFuture).get() }
                try await group.waitForAll()
            }
        }
    }
}
