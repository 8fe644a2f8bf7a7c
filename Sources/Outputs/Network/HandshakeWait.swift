import NIOCore
import NIOSSL
import NIOTLS

/// Tells when our part of the TLS handshake of a connection is done, or why it failed, and the account whether the peer's is not.
final class HandshakeWait: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let done: EventLoopPromise<Void>
    private let tls: TLSContext
    private let account: WireAccount

    init(_ done: EventLoopPromise<Void>, _ tls: TLSContext, _ account: WireAccount) {
        self.done = done
        self.tls = tls
        self.account = account
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            if handler?.tlsVersion == .tlsv13, tls.isAskedForCertificate { account.beginJudgement() }
            done.succeed()
        }
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
