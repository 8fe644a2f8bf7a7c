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
    var port: Int { reserved.number }
    private let end: End
    private let receiveBytes: Int?
    private let tls: NIOSSLContext?
    private let hesitates: Bool
    private let reserved: LoopbackPort
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - receiveBytes: the size of its receive buffers, and so of the window that it can announce; the machine's where `nil`.
    ///   - tls: speaks it where there is one.
    ///   - hesitates: looks at what follows a client's first bytes only when the client has half closed.
    init(end: End = .reset, receiveBytes: Int? = nil, tls: NIOSSLContext? = nil, hesitates: Bool = false) throws {
        self.tls = tls
        self.hesitates = hesitates
        self.end = end
        self.receiveBytes = receiveBytes
        reserved = try LoopbackPort()
    }

    func start(_ conduct: ReceiverConduct) async throws {
        state.withLockedValue { $0.conduct = conduct }
        let opened = try await reserved.listen(receiveBytes: receiveBytes) { channel in self.accept(channel) }
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
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        let conduct = state.withLockedValue { state in
            state.connections.append(channel)
            defer { state.conduct = .takesEverything }
            return state.conduct
        }
        return channel.eventLoop.makeCompletedFuture {
            let most: Int? = if case .breaksOff(let count) = conduct { count } else { nil }
            if hesitates {
                try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                try channel.pipeline.syncOperations.addHandler(Hesitation())
            }
            if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            try channel.pipeline.syncOperations.addHandler(Taking(lines, most: most, end: end))
            if conduct == .stalls { try channel.syncOptions?.setOption(.autoRead, value: false) }
        }
    }
}

/// Holds the bytes of one connection back, but for the first ones, until the client has half closed.
private final class Hesitation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var held: ByteBuffer?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard var held else {
            held = ByteBuffer()
            return context.fireChannelRead(data)
        }
        held.writeImmutableBuffer(unwrapInboundIn(data))
        self.held = held
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            if let held { context.fireChannelRead(NIOAny(held)) }
            context.fireChannelReadComplete()
            context.channel.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
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
        // Past TLS, which would go on reading until the other side has closed too, and throw away what it reads.
        let secure = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (secure ?? context).close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { lines.breakOff() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
