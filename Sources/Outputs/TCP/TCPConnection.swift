import CSupport
import Engine
import Glibc
import NIOCore
import NIOPosix

/// One connection to a collector, and the answers that it owes. Lives on its channel's event loop.
final class TCPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias Reply = @Sendable (Answer) -> Void

    /// How often the kernel is asked for its progress while answers are owed.
    private static let interval = TimeAmount.milliseconds(5)
    /// The state CLOSED, in which the kernel leaves a connection that was reset, or closed by both sides.
    private static let closedState: UInt8 = 7

    private let name: String
    private var confirmation: Confirmation<Reply>
    private var isWatching = false
    private var isHalfClosed = false
    private var hasEnded = false
    private var failure: (any Error)?
    private let beginning = NIODeadline.now()

    /// - Parameter settle: how long an acknowledged batch waits for the connection to show that it is sound.
    init(name: String, settle: Duration) {
        self.name = name
        confirmation = Confirmation(settle: settle)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A collector says nothing; what it says all the same is no answer.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            if isHalfClosed { peerClosed(context.channel) }
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    /// Writes a batch; `reply` is called when it is confirmed, or when the connection has gone.
    func send(_ bytes: ByteBuffer, on channel: any Channel, reply: @escaping Reply) -> EventLoopFuture<Void> {
        guard !hasEnded else {
            reply(.refusedForNow(refusal))
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        confirmation.sent(bytes.readableBytes, reply)
        watch(channel)
        return channel.writeAndFlush(bytes)
    }

    /// Says that nothing follows, so that the peer's close confirms everything. Everything that was sent has been written.
    func halfClose(_ channel: any Channel) {
        isHalfClosed = true
        if confirmation.isEmpty { return channel.close(promise: nil) }
        // Past the channel, which would close the descriptor together with the peer, and its account with it.
        _ = withDescriptor(channel) { shutdown($0, Int32(SHUT_WR)) }
    }

    private func watch(_ channel: any Channel) {
        guard !isWatching, !confirmation.isEmpty else { return }
        isWatching = true
        let bound = NIOLoopBound((self, channel), eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: TCPConnection.interval) {
            let (connection, channel) = bound.value
            connection.isWatching = false
            connection.lookAtProgress(channel)
            connection.watch(channel)
        }
    }

    private func lookAtProgress(_ channel: any Channel) {
        guard channel.isActive, let progress = lastProgress(channel) else { return }
        let elapsed = NIODeadline.now() - beginning
        let confirmed = confirmation.progressed(
            to: progress.acknowledged, largestWindow: progress.largest_peer_window,
            at: .nanoseconds(elapsed.nanoseconds))
        for reply in confirmed { reply(.acknowledged) }
        // Half closed, it is good for nothing else.
        if isHalfClosed, confirmation.isEmpty { channel.close(promise: nil) }
    }

    private func lastProgress(_ channel: any Channel) -> csupport_tcp_progress? {
        withDescriptor(channel) { descriptor in
            var progress = csupport_tcp_progress()
            return csupport_tcp_progress(descriptor, &progress) == 0 ? progress : nil
        } ?? nil
    }

    /// `nil` where the channel is closed.
    private func withDescriptor<Value>(_ channel: any Channel, _ body: (Int32) -> Value) -> Value? {
        guard channel.isActive else { return nil }
        return try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self, body)
    }

    /// The peer closed after our half close. What its kernel had acknowledged by then was read: closing with something unread, or with
    /// something still to come, is answered by RST instead (RFC 9293 section 3.6.1).
    private func peerClosed(_ channel: any Channel) {
        guard failure == nil, let progress = lastProgress(channel) else { return }
        for reply in confirmation.closedInOrder(at: progress.acknowledged) { reply(.acknowledged) }
    }

    private var refusal: Refusal {
        Refusal("\(name): \(failure.map(TCPFailure.describe) ?? "the collector closed the connection")")
    }

    private func end() {
        hasEnded = true
        let refusal = refusal
        for reply in confirmation.broken() { reply(.refusedForNow(refusal)) }
    }
}
