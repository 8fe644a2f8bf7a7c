import EngineTesting
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A collector in this process, on a port of its own which nobody else gets while it is down.
final class TCPReceiver: Sendable {
    /// How a connection ends when the receiver breaks it off.
    enum End: Sendable {
        /// By a reset, and so with the loss of everything that it has not read.
        case reset
        /// By an ordinary close: FIN where everything was read, reset where not.
        case close
    }

    private struct State {
        /// What the next connection does; those after it take everything.
        var conduct = ReceiverConduct.takesEverything
        var connections: [any Channel] = []
    }

    let lines = ReceivedLines()
    let port: Int
    private let end: End
    private let receiveBytes: Int?
    private let tls: NIOSSLContext?
    private let placeholder: Int32
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - receiveBytes: the size of its receive buffers, and so of the window that it can announce; the machine's where `nil`.
    ///   - tls: speaks it where there is one.
    init(end: End = .reset, receiveBytes: Int? = nil, tls: NIOSSLContext? = nil) throws {
        self.tls = tls
        self.end = end
        self.receiveBytes = receiveBytes
        // Bound and not listening: connections are refused, and the port is taken.
        placeholder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(placeholder, SOL_SOCKET, SO_REUSEPORT, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = placeholder
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw IOError(errnoCode: errno, reason: "bind") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func start(_ conduct: ReceiverConduct) async throws {
        state.withLockedValue { $0.conduct = conduct }
        var bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let receiveBytes { bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: .init(receiveBytes)) }
        let opened =
            try await bootstrap
            .serverChannelOption(ChannelOptions.socket(SocketOptionLevel(SOL_SOCKET), SocketOptionName(SO_REUSEPORT)), value: 1)
            .childChannelInitializer { channel in self.accept(channel) }
            .bind(host: "127.0.0.1", port: port).get()
        listener.withLockedValue { $0 = opened }
    }

    /// Takes what still comes, until every connection has ended.
    func finish() async throws {
        let connections = state.withLockedValue { $0.connections }
        for connection in connections {
            _ = try? await connection.setOption(.autoRead, value: true).get()
            try await connection.closeFuture.get()
        }
        try await listener.withLockedValue { $0 }?.close()
        close(placeholder)
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        let conduct = state.withLockedValue { state in
            state.connections.append(channel)
            defer { state.conduct = .takesEverything }
            return state.conduct
        }
        return channel.eventLoop.makeCompletedFuture {
            let most: Int? = if case .breaksOff(let count) = conduct { count } else { nil }
            if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            try channel.pipeline.syncOperations.addHandler(Taking(lines, most: most, end: end))
            if conduct == .stalls { try channel.syncOptions?.setOption(.autoRead, value: false) }
        }
    }
}

/// Takes the bytes of one connection.
private final class Taking: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lines: ReceivedLines
    private var rest: Int?
    private let end: TCPReceiver.End

    init(_ lines: ReceivedLines, most: Int?, end: TCPReceiver.End) {
        self.lines = lines
        rest = most
        self.end = end
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        bytes.withUnsafeReadableBytes { lines.take(UnsafeRawBufferPointer(rebasing: $0.prefix(rest ?? $0.count))) }
        guard let left = rest else { return }
        rest = max(0, left - bytes.readableBytes)
        guard left <= bytes.readableBytes else { return }
        if case .reset = end {
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { lines.breakOff() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
