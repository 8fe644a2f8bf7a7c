import Engine
import NIOCore
import NIOPosix
import NIOSSL

/// One connection to a receiver that takes bytes and says nothing, and the answers that it owes. Lives on its channel's event loop.
final class StreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// One batch on its way.
    struct Delivery {
        let sequence: Int
        /// Where its events end, from its own first byte on; empty where bytes on the wire are others than those of the events.
        let ends: [Int]
        /// What it is answered with once it is confirmed.
        let accepted: Answer
        let answer: @Sendable (Answer) -> Void
    }

    struct Settings: Sendable {
        let name: String
        /// How long an acknowledged batch waits for the connection to show that it is sound.
        let settle: Duration
        /// Where only a close in order confirms: after how long with something unconfirmed the connection is half closed for its sake.
        let closeAfter: Duration?
    }

    /// How often the kernel is asked for its progress while answers are owed.
    private static let interval = TimeAmount.milliseconds(5)
    /// A peer that judges our certificate and has accepted it says something at once (the tickets of RFC 8446 section 4.6.1) or never. Until it
    /// has, only a close in order confirms; after so long it is asked for one.
    private static let patience = Duration.seconds(5)
    /// How long a peer may leave a half close unanswered; longer where the connection has to stay sound for longer.
    private static let closeTimeout = Duration.seconds(60)

    private let settings: Settings
    private let account: WireAccount
    private let resumption: Resumption
    private let onBreak: @Sendable () -> Void
    private var confirmation: Confirmation<Delivery>
    private var isWatching = false
    private var hasEnded = false
    private var failure: (any Error)?
    private var unconfirmedSince: NIODeadline?
    private let beginning = NIODeadline.now()

    /// - Parameter onBreak: called where the connection ends without having confirmed everything.
    init(_ settings: Settings, account: WireAccount, resumption: Resumption, onBreak: @escaping @Sendable () -> Void) {
        self.settings = settings
        self.account = account
        self.onBreak = onBreak
        self.resumption = resumption
        confirmation = Confirmation(settle: settings.settle)
    }

    /// Whether nothing more can be sent over it.
    var isClosing: Bool { hasEnded || account.isHalfClosed }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A collector says nothing; what it says all the same is no answer.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A close_notify alone is no end: the account waits for the FIN, and knows of it.
        if let event = event as? ChannelEvent, event == .inputClosed, !account.isHalfClosed || account.ending != nil {
            end(context.channel)
            account.abort()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that closes without close_notify has closed all the same: whether in order, the kernel says.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
        failure = failure ?? error
        account.abort()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context.channel)
        context.fireChannelInactive()
    }

    /// Writes a batch; its answer is given when it is confirmed, or when the connection has gone.
    /// - Precondition: not `isClosing`.
    func send(_ bytes: ByteBuffer, _ delivery: Delivery, on channel: any Channel) -> EventLoopFuture<Void> {
        let written = channel.writeAndFlush(bytes)
        // The write may have found out that the connection is gone, and have ended it.
        guard !hasEnded else {
            delivery.answer(.refusedForNow(refusal))
            return written
        }
        // With TLS the records have gone to the account by now, since the handshake is done.
        confirmation.sent(upTo: account.sent, delivery)
        watch(channel)
        return written
    }

    /// Says that nothing follows, so that the peer's close confirms everything.
    func halfClose(_ channel: any Channel) {
        guard !isClosing else { return }
        if confirmation.isEmpty { return account.abort() }
        channel.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let timeout = max(StreamConnection.closeTimeout, settings.settle)
        channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            guard !bound.value.hasEnded else { return }
            bound.value.failure = bound.value.failure ?? Unanswered()
            bound.value.account.abort()
        }
    }

    func abort() { account.abort() }

    private func watch(_ channel: any Channel) {
        guard !isWatching, !confirmation.isEmpty else { return }
        isWatching = true
        unconfirmedSince = unconfirmedSince ?? .now()
        let bound = NIOLoopBound((self, channel), eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: StreamConnection.interval) {
            let (connection, channel) = bound.value
            connection.isWatching = false
            connection.lookAtProgress(channel)
            connection.watch(channel)
        }
    }

    private func lookAtProgress(_ channel: any Channel) {
        guard !hasEnded, let progress = account.progress else { return }
        let needsClose = settings.closeAfter != nil || !account.isAccepted
        let confirmed = confirmation.progressed(
            to: progress.acknowledged, largestWindow: progress.largest_peer_window, needsClose: needsClose,
            at: age(of: beginning))
        for delivery in confirmed { delivery.answer(delivery.accepted) }
        if confirmation.isEmpty {
            unconfirmedSince = nil
            // Half closed, it is good for nothing else.
            if account.isHalfClosed { account.abort() }
        } else if needsClose, let since = unconfirmedSince,
            age(of: since) >= settings.closeAfter ?? StreamConnection.patience
        {
            halfClose(channel)
        }
    }

    private func age(of deadline: NIODeadline) -> Duration { .nanoseconds((NIODeadline.now() - deadline).nanoseconds) }

    private func end(_ channel: any Channel) {
        guard !hasEnded else { return }
        hasEnded = true
        if account.isHalfClosed, failure == nil, let ending = account.ending {
            for delivery in confirmation.closedInOrder(at: ending.acknowledged) { delivery.answer(delivery.accepted) }
        }
        if failure != nil || !confirmation.isEmpty { onBreak() }
        let refusal = refusal
        for (delivery, confirmed) in confirmation.broken() {
            resumption.note(delivery.sequence, confirmed: delivery.ends.count { $0 <= confirmed })
            delivery.answer(.refusedForNow(refusal))
        }
    }

    private var refusal: Refusal {
        Refusal("\(settings.name): \(failure.map(NetworkFailure.describe) ?? "the collector closed the connection")")
    }

    private struct Unanswered: Error, CustomStringConvertible {
        let description = "the collector did not close its side of the connection"
    }
}
