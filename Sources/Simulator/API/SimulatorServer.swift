import AuditCore
import Glibc
import HTTPServing
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// The service on the network. It writes the answers itself, since faults need a `Date` of their own, answers that end early and
/// connections that break.
struct SimulatorServer {
    let service: AuditService
    let configuration: SimulatorConfiguration

    func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = try HTTPServerBuilder.cancellableHTTP1().buildServer(
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: .quiet("simulator"),
            responder: { request, writer, channel in
                let exchange = await SimulatorServer.exchange(request)
                let reply = service.reply(to: exchange)
                if let delay = reply.delay { try await Task.sleep(for: delay) }
                try await SimulatorServer.send(reply, writer, channel)
            },
            // Connections are accepted after this returns, so whoever waits for the port is told from another task.
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            })
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await port in ports { await onReady(port) }
                return false
            }
            group.addTask {
                await keepTime()
                return false
            }
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
                return true
            }
            defer { group.cancelAll() }
            // The server ends by a shutdown, a cancellation, or because it cannot bind; the others end with it.
            while let isServer = try await group.next(), !isServer {}
        }
    }

    /// So that the truth log grows while nobody asks.
    private func keepTime() async {
        while !Task.isCancelled {
            service.advance()
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    private static func exchange(_ request: Request) async -> Exchange {
        let target = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var exchange = Exchange()
        exchange.method = request.head.method.rawValue
        exchange.path = String(target.first ?? "/")
        if target.count == 2 { exchange.query = TokenRequest.query(target[1]) }
        exchange.authority = request.head.authority ?? "localhost"
        exchange.authorization = request.head.headerFields[.authorization]
        exchange.contentType = request.head.headerFields[.contentType]
        do {
            exchange.body = Array((try await request.body.collect(upTo: Exchange.mostBodyBytes)).readableBytesView)
        } catch {
            exchange.isOversize = true
        }
        return exchange
    }

    private static func send(_ reply: Reply, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let body = reply.answer.body
        guard let damage = reply.damage, !body.isEmpty else {
            return try await writer.write(response: head(reply.answer), body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
        if damage == .malformed {
            // As long as the real one, but the JSON in it ends in the middle of something.
            let broken =
                Array(body[..<(body.count / 2)]) + Array(repeating: UInt8(ascii: "}"), count: body.count - body.count / 2)
            return try await writer.write(response: head(reply.answer), body: ResponseBody(byteBuffer: ByteBuffer(bytes: broken)))
        }
        var bodyWriter = try await writer.writeHead(head(reply.answer))
        try await bodyWriter.write(ByteBuffer(bytes: body[..<(body.count / 2)]))
        // The writer hands over to the event loop; what was handed over must be on its way before the connection ends.
        try await channel.eventLoop.submit {}.get()
        if damage == .reset {
            // Closing with a lingering time of zero sends a reset instead of the end of the stream.
            try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }

    private static func head(_ answer: Answer) -> HTTPResponse {
        var fields = HTTPFields()
        if let type = answer.contentType { fields[.contentType] = type }
        fields[.contentLength] = String(answer.body.count)
        fields[.cacheControl] = "no-cache, no-store, must-revalidate"
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return HTTPResponse(status: .init(code: answer.status), headerFields: fields)
    }
}
