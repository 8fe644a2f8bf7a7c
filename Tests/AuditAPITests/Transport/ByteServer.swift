import NIOCore
import NIOPosix

/// A server that answers whatever it is sent with the same bytes.
enum ByteServer {
    static func answering<Result: Sendable>(
        _ answer: String, thenClose: Bool = true, _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Answer(answer, thenClose: thenClose))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(channel.localAddress?.port ?? 0)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String
        private let thenClose: Bool
        private var hasAnswered = false

        init(_ answer: String, thenClose: Bool) {
            self.answer = answer
            self.thenClose = thenClose
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !hasAnswered else { return }
            hasAnswered = true
            let channel = context.channel
            let written = channel.writeAndFlush(ByteBuffer(string: answer))
            if thenClose { written.whenComplete { _ in channel.close(promise: nil) } }
        }
    }
}
