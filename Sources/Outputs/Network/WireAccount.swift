import CSupport
import Glibc
import NIOCore

/// Keeps account of what a connection really sends and receives: the first handler of its channel, below TLS.
///
/// It also half closes: the descriptor is shut down past the channel, which would otherwise close it together with the peer, and the kernel's
/// account with it. While half closed, a close from above (TLS, on the peer's close_notify) waits for the peer's FIN: a peer that has not read
/// to the end answers with RST instead (RFC 9293 section 3.6.1), whatever it has said before.
final class WireAccount: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes handed to the socket, in the whole life of the connection.
    private(set) var sent: UInt64 = 0
    private(set) var received: UInt64 = 0
    /// What had been received when our part of the handshake was done, where the peer still had to judge our certificate, or that there is none.
    private var unjudgedBytes: UInt64?
    /// The peer sent FIN, and what its kernel had acknowledged by then.
    private(set) var ending: csupport_tcp_progress?
    private(set) var isHalfClosed = false
    private var unwritten = 0
    /// Those who wait for a close that is held back.
    private var heldCloses: [EventLoopPromise<Void>]?
    private var isAborted = false
    private var context: ChannelHandlerContext?

    /// Whether the peer has nothing left to judge, or has said something since it began to.
    var isAccepted: Bool { unjudgedBytes.map { received > $0 } ?? true }

    /// In TLS 1.3 our part of the handshake is done before the peer has judged our certificate (RFC 8446 section 2).
    func beginJudgement() { unjudgedBytes = received }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += UInt64(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { ending = ending ?? progress }
        context.fireUserInboundEventTriggered(event)
        if case .inputClosed? = event as? ChannelEvent { releaseClose() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        releaseClose()
    }

    func channelInactive(context: ChannelHandlerContext) {
        context.fireChannelInactive()
        releaseClose()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        sent += UInt64(unwrapOutboundIn(data).readableBytes)
        unwritten += 1
        let written = promise ?? context.eventLoop.makePromise()
        let account = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            account.value.unwritten -= 1
            account.value.shutDownWhenWritten()
        }
        context.write(data, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            isHalfClosed = true
            promise?.succeed()
            shutDownWhenWritten()
        } else if mode == .all, isHalfClosed, ending == nil, !isAborted {
            heldCloses = (heldCloses ?? []) + (promise.map { [$0] } ?? [])
        } else {
            context.close(mode: mode, promise: promise)
        }
    }

    /// Closes at once, whatever is still to come.
    func abort() {
        isAborted = true
        heldCloses = heldCloses ?? []
        releaseClose()
    }

    /// What the kernel knows of the connection; `nil` once it is closed.
    var progress: csupport_tcp_progress? {
        withDescriptor { descriptor in
            var progress = csupport_tcp_progress()
            return csupport_tcp_progress(descriptor, &progress) == 0 ? progress : nil
        } ?? nil
    }

    private func shutDownWhenWritten() {
        guard isHalfClosed, unwritten == 0 else { return }
        _ = withDescriptor { shutdown($0, Int32(SHUT_WR)) }
    }

    private func releaseClose() {
        guard let heldCloses, let context else { return }
        self.heldCloses = nil
        let promise = context.eventLoop.makePromise(of: Void.self)
        for held in heldCloses { promise.futureResult.cascade(to: held) }
        context.close(mode: .all, promise: promise)
    }

    private func withDescriptor<Value>(_ body: (Int32) -> Value) -> Value? {
        guard let channel = context?.channel, channel.isActive else { return nil }
        return try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self, body)
    }
}
