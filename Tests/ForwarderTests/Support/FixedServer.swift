import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A server on the loopback address that answers each request with bytes that were laid down, whatever they are.
enum FixedServer {
    /// - Parameter answers: by path; the connection is closed after them, and at once where there is none.
    static func with<Result>(_ answers: [String: String], _ body: (_ port: Int) async throws -> Result) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(listener.localAddress?.port ?? 0)) } catch { result = .failure(error) }
        try await listener.close()
        return try result.get()
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answers: [String: String]
    private var request = ""

    init(_ answers: [String: String]) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += String(buffer: unwrapInboundIn(data))
        guard request.contains("\r\n\r\n") else { return }
        let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        context.write(NIOAny(ByteBuffer(string: answers[path] ?? "")), promise: nil)
        context.flush()
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
