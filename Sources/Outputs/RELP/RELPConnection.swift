import CSupport
import Engine
import NIOCore
import NIOPosix
import NIOSSL

/// One connection to a RELP receiver: carries out what its session decides. Lives on its channel's event loop.
final class RELPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    struct Settings: Sendable {
        /// For people: what the output is and where it delivers to.
        let name: String
        /// How many messages may be without an answer.
        let window: Int
        let answerTimeout: Duration
    }

    /// One batch in the session.
    private struct Delivery {
        let messages: RELPMessages
        let answer: @Sendable (Answer) -> Void
        /// Succeeds when it has been written, or when it never will be.
        let written: EventLoopPromise<Void>
    }

    private let settings: Settings
    private let account: WireAccount
    private let progress: RELPProgress
    private let onBreak: @Sendable () -> Void
    private let beginning = NIODeadline.now()
    private var session: RELPSession
    private var parser = RELPParser()
    private var patience: RELPPatience
    private var isWatching = false
    private var hasEnded = false
    private var failure: (any Error)?
    private var opened: EventLoopPromise<Void>?
    private var settled: [EventLoopPromise<Void>] = []
    private var deliveries: [Int: Delivery] = [:]

    /// - Parameter onBreak: called where the connection ends with something unanswered, or by a failure.
    init(_ settings: Settings, account: WireAccount, progress: RELPProgress, onBreak: @escaping @Sendable () -> Void) {
        self.settings = settings
        self.account = account
        self.progress = progress
        self.onBreak = onBreak
        session = RELPSession(window: settings.window)
        patience = RELPPatience(limit: settings.answerTimeout)
    }

    /// Whether a batch can be sent over it.
    var isOpen: Bool { !hasEnded && session.isOpen }

    /// What the peer calls its RELP library, where it has told.
    var software: String? { session.software }

    /// Begins the session. Called once.
    /// - Returns: fails with a `Refusal` where none comes about.
    func open(_ channel: any Channel) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        guard !hasEnded else {
            promise.fail(refusal)
            return promise.futureResult
        }
        opened = promise
        channel.writeAndFlush(ByteBuffer(bytes: session.open()), promise: nil)
        watch(channel)
        return promise.futureResult
    }

    /// Sends a batch; its answer is given when all of its messages have theirs, or when the connection has gone.
    ///
    /// - Precondition: `isOpen`, and there are messages.
    /// - Returns: succeeds when another batch can be taken, and when the connection has gone.
    func send(
        _ messages: RELPMessages, on channel: any Channel, answer: @escaping @Sendable (Answer) -> Void
    ) -> EventLoopFuture<Void> {
        let written = channel.eventLoop.makePromise(of: Void.self)
        deliveries[messages.sequence] = Delivery(messages: messages, answer: answer, written: written)
        session.take(messages)
        write(channel)
        return written.futureResult
    }

    /// Succeeds when every batch is answered.
    func settle(_ channel: any Channel) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        if session.isBusy { settled.append(promise) } else { promise.succeed() }
        return promise.futureResult
    }

    /// Ends the session in order where nothing is owed, and by force otherwise, or where the peer takes too long to agree.
    func close(_ channel: any Channel, within timeout: TimeAmount) {
        guard !hasEnded, let frame = session.close() else { return abort() }
        channel.writeAndFlush(ByteBuffer(bytes: frame), promise: nil)
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let forced = channel.eventLoop.scheduleTask(in: timeout) { bound.value.abort() }
        channel.closeFuture.whenComplete { _ in forced.cancel() }
    }

    /// Breaks the connection, for a reason on this side.
    func abort() {
        failure = failure ?? RELPAbandonment()
        account.abort()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        do {
            for frame in try parser.parse(unwrapInboundIn(data).readableBytesView) where !hasEnded {
                if let event = try session.received(frame) { react(event, context.channel) }
            }
        } catch {
            breakOff(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isOpen { write(context.channel) }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            end()
            account.abort()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that closes without close_notify has closed all the same.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
        breakOff(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func react(_ event: RELPSession.Event, _ channel: any Channel) {
        switch event {
        case .opened:
            opened?.succeed()
            opened = nil
        case .settled(let tally):
            if let delivery = deliveries.removeValue(forKey: tally.sequence) { answer(delivery, tally, failure: nil) }
            if !session.isBusy { releaseSettled() }
        case .ended:
            end()
            channel.close(promise: nil)
        }
    }

    private func write(_ channel: any Channel) {
        var bytes: [UInt8] = []
        let finished = session.send(into: &bytes)
        guard !bytes.isEmpty else { return }
        let written = channel.writeAndFlush(ByteBuffer(bytes: bytes))
        for sequence in finished {
            guard let promise = deliveries[sequence]?.written else { continue }
            // Where it cannot be written the connection has gone, and answers for the batch.
            written.whenComplete { _ in promise.succeed() }
        }
        watch(channel)
    }

    private func watch(_ channel: any Channel) {
        guard !isWatching, !hasEnded, !isOutOfPatience(), session.isOwed else { return }
        isWatching = true
        let bound = NIOLoopBound((self, channel), eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: TimeAmount(patience.interval)) {
            let (connection, channel) = bound.value
            connection.isWatching = false
            guard !connection.hasEnded else { return }
            if connection.isOutOfPatience() { return connection.breakOff(RELPSilence()) }
            connection.watch(channel)
        }
    }

    private func isOutOfPatience() -> Bool {
        let now = NIODeadline.now() - beginning
        return patience.look(
            RELPPatience.Progress(answers: session.answers, bytes: account.progress?.acknowledged ?? 0),
            isOwed: session.isOwed, at: .nanoseconds(now.nanoseconds))
    }

    private func breakOff(_ error: any Error) {
        failure = failure ?? error
        end()
        account.abort()
    }

    private var refusal: Refusal {
        let why =
            switch failure {
            case let breach as RELPBreach: "the collector does not speak RELP as it should: \(breach)"
            case let failure?: NetworkFailure.describe(failure)
            case nil: "the collector closed the connection"
            }
        return Refusal("\(settings.name): \(why)")
    }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        let wasOwed = session.isOwed
        let tallies = session.end()
        if wasOwed || failure != nil, !(failure is RELPAbandonment) { onBreak() }
        opened?.fail(refusal)
        opened = nil
        for tally in tallies {
            guard let delivery = deliveries.removeValue(forKey: tally.sequence) else { continue }
            answer(delivery, tally, failure: refusal)
        }
        releaseSettled()
    }

    private func answer(_ delivery: Delivery, _ tally: RELPTally, failure: Refusal?) {
        delivery.answer(progress.answer(to: tally, tooLarge: delivery.messages.tooLarge, failure: failure))
        if failure != nil { delivery.written.succeed() }
    }

    private func releaseSettled() {
        defer { settled = [] }
        for promise in settled { promise.succeed() }
    }
}

/// The delivery was cancelled, or the output is closed.
struct RELPAbandonment: Error, CustomStringConvertible {
    let description = "the delivery was given up"
}

/// A peer that owes answers gave none.
private struct RELPSilence: Error, CustomStringConvertible {
    let description = "the collector does not answer"
}
