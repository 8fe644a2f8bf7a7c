import NIOCore
import NIOSSL
import NIOTLS

extension ChannelHandlerContext {
    /// Whether the version was agreed on in which the client's part of the handshake is done before the server has judged its certificate.
    var isTLS13: Bool {
        (try? pipeline.syncOperations.handler(type: NIOSSLClientHandler.self))?.tlsVersion == .tlsv13
    }
}

/// Tells when the TLS handshake of a connection is done, or why it failed.
final class HandshakeWait: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) { self.done = done }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { done.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { done.fail(ChannelError.ioOnClosedChannel) }
}
