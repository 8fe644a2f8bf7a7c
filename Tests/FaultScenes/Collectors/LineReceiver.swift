import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A TCP collector of lines that beg to be lost: it can reset a connection after any number of bytes, with whatever is unread in its
/// buffer.
package final class LineReceiver: Collector {
    private struct State {
        var events: [Delivery] = []
        var distinct: Set<String> = []
        var connections = 0
        var resets = 0
        /// Of the last client that has one.
        var certificate: NIOSSLCertificate?
        var bytes = 0
        /// How many bytes the coming connections may bring before they are reset; empty for no limit.
        var limits: [Int] = []
        var waiting: [(count: Int, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let state = NIOLockedValueBox(State())
    private let channel: any Channel
    private let tls: String?
    package let port: Int

    /// Listens on a port, 0 for a free one.
    /// - Parameter limits: after how many bytes the first connections are reset, one after the other.
    package convenience init(port: Int = 0, limits: [Int] = []) async throws {
        try await self.init(limits: limits) { try await $0.bind(host: "127.0.0.1", port: port).get() }
    }

    /// Listens with TLS on a free port, and takes clients of the authority alone.
    /// - Parameter definition: what the configuration of the program says of its side, after `tls:`.
    package convenience init(_ authority: CertificateAuthority, definition: String) async throws {
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(authority.server.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: authority.server.key, format: .pem)))
        settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority.certificate))
        settings.certificateVerification = .noHostnameVerification
        try await self.init(limits: [], tls: (try NIOSSLContext(configuration: settings), definition)) {
            try await $0.bind(host: "127.0.0.1", port: 0).get()
        }
    }

    /// Takes over a port that already listens, with the connections that the kernel has taken meanwhile.
    package convenience init(takingOver port: ReservedPort) async throws {
        let socket = try port.duplicate()
        try await self.init(limits: []) { try await $0.withBoundSocket(socket).get() }
    }

    /// Runs `body` beside one that listens on a free port.
    package static func with<Value: Sendable>(
        limits: [Int] = [], _ body: (LineReceiver) async throws -> Value
    ) async throws -> Value {
        let receiver = try await LineReceiver(limits: limits)
        let result: Result<Value, any Error>
        do { result = .success(try await body(receiver)) } catch { result = .failure(error) }
        try await receiver.close()
        return try result.get()
    }

    private init(
        limits: [Int], tls: (context: NIOSSLContext, definition: String)? = nil,
        listen: (ServerBootstrap) async throws -> any Channel
    ) async throws {
        self.tls = tls?.definition
        let context = tls?.context
        state.withLockedValue { $0.limits = limits.reversed() }
        let state = state
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let (number, limit) = state.withLockedValue { state in
                        state.connections += 1
                        return (state.connections, state.limits.popLast())
                    }
                    if let context { try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try child.pipeline.syncOperations.addHandler(Lines(number, limit, state))
                }
            }
        channel = try await listen(bootstrap)
        self.port = channel.localAddress?.port ?? 0
    }

    package var url: String { "tcp://127.0.0.1:\(port)" }
    package var definition: String { Self.tcp(port) + (tls.map { ", tls: \($0)" } ?? "") }
    /// A delivery's position is the number of its connection.
    package var deliveries: [Delivery] { events }
    package var position: Int { connections }
    package var events: [Delivery] { state.withLockedValue { $0.events } }
    package var ids: Set<String> { state.withLockedValue { $0.distinct } }
    package var connections: Int { state.withLockedValue { $0.connections } }
    /// Whether the last connection is of a client with this certificate.
    package func knows(_ client: CertificateAuthority.Identity) throws -> Bool {
        let certificate = try NIOSSLCertificate.fromPEMFile(client.certificate).first
        return state.withLockedValue { $0.certificate } == certificate
    }

    package var resets: Int { state.withLockedValue { $0.resets } }
    /// All that came, whole lines or not.
    package var byteCount: Int { state.withLockedValue { $0.bytes } }

    /// Returns when so many distinct ids have come, or when the test has run out of time.
    package func received(_ count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLockedValue { state in
                    if state.distinct.count >= count || Task.isCancelled { return true }
                    state.waiting.append((count, continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLockedValue { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiter in waiting { waiter.resume.resume() }
        }
    }

    /// Returns when all of these ids have come, or when the test has run out of time.
    package func received(_ wanted: Set<String>) async {
        while case let ids = ids, !wanted.isSubset(of: ids), !Task.isCancelled { await received(ids.count + 1) }
    }

    package func close() async throws { try await channel.close() }

    private final class Lines: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let number: Int
        private let limit: Int?
        private let state: NIOLockedValueBox<State>
        private var rest = ByteBuffer()
        private var bytes = 0

        init(_ number: Int, _ limit: Int?, _ state: NIOLockedValueBox<State>) {
            self.number = number
            self.limit = limit
            self.state = state
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
            if let certificate = tls?.peerCertificate { state.withLockedValue { $0.certificate = certificate } }
            context.fireUserInboundEventTriggered(event)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var chunk = unwrapInboundIn(data)
            let allowed = limit.map { max(0, $0 - bytes) } ?? .max
            let isOver = chunk.readableBytes > allowed
            if isOver { chunk = chunk.readSlice(length: allowed) ?? ByteBuffer() }
            bytes += chunk.readableBytes
            let count = chunk.readableBytes
            state.withLockedValue { $0.bytes += count }
            rest.writeBuffer(&chunk)
            take()
            guard isOver else { return }
            state.withLockedValue { $0.resets += 1 }
            // No lingering: the kernel answers with RST, and drops what was not read.
            _ = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                var value = linger(l_onoff: 1, l_linger: 0)
                return setsockopt($0, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
            }
            context.close(promise: nil)
        }

        private func take() {
            var found: [String] = []
            while let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({ $0 - rest.readerIndex }) {
                guard let line = rest.readString(length: length), rest.readInteger(as: UInt8.self) != nil else { break }
                if let id = Delivery.id(ofLine: line) { found.append(id) }
            }
            rest.discardReadBytes()
            let reached = state.withLockedValue { state in
                for id in found {
                    state.events.append(Delivery(id: id, position: number))
                    state.distinct.insert(id)
                }
                let count = state.distinct.count
                let reached = state.waiting.filter { $0.count <= count }
                state.waiting.removeAll { $0.count <= count }
                return reached
            }
            for waiter in reached { waiter.resume.resume() }
        }
    }
}
