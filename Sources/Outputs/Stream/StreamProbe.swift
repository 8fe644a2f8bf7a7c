import NIOCore
import NIOPosix

/// A connection that is opened, stays sound for a while, and is closed in order, with no byte of ours but those of TLS.
///
/// The while is for receivers that refuse late: in TLS 1.3 our part of the handshake is done before the peer has judged our certificate (RFC 8446
/// section 2), and what stands before a receiver may take a connection for one that is down. One that asked for a certificate gets longer, until
/// it says something: accepting ones mostly do (section 4.6.1), and some say nothing at all.
enum StreamProbe {
    static let soundness = TimeAmount.seconds(1)
    static let judgement = TimeAmount.seconds(5)
    /// How often it is looked at.
    private static let interval = TimeAmount.milliseconds(50)

    /// - Throws: what it failed with, for `NetworkFailure`.
    static func run(_ address: HostPort, _ dialer: Dialer) async throws {
        let (channel, (ended, account)) = try await dialer.connect(to: address) { channel, account, _ in
            let wait = SoundnessWait(account, channel.eventLoop.makePromise())
            try channel.pipeline.syncOperations.addHandler(wait)
            return (wait.ended.futureResult, NIOLoopBound(account, eventLoop: channel.eventLoop))
        }
        let begin = NIODeadline.now()
        let sound = channel.eventLoop.makePromise(of: Void.self)
        ended.cascadeFailure(to: sound)
        let looks = channel.eventLoop.scheduleRepeatedTask(initialDelay: soundness, delay: interval) { _ in
            if account.value.isAccepted || .now() - begin >= judgement { sound.succeed() }
        }
        defer { looks.cancel() }
        do {
            try await sound.futureResult.get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
        // With TLS it says so, and waits for the peer's agreement, for 5 s at most.
        try? await channel.close().get()
    }
}

/// Tells when a connection has broken, and how.
private final class SoundnessWait: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Never succeeds.
    let ended: EventLoopPromise<Void>
    private let account: WireAccount

    init(_ account: WireAccount, _ ended: EventLoopPromise<Void>) {
        self.account = account
        self.ended = ended
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A collector says nothing; what it says all the same matters to nobody.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            ended.fail(ChannelError.ioOnClosedChannel)
            // A peer that has closed agrees to nothing more.
            account.abort()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ended.fail(error)
        context.fireErrorCaught(error)
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended.fail(ChannelError.ioOnClosedChannel) }
}

extension ConnectionSettings {
    /// Each of the addresses, as a receiver of a stream.
    func probe(_ group: any EventLoopGroup) async -> [OutputProbe] {
        let dialer = Dialer(self, group: group)
        let seen = tls == nil ? "takes connections" : "takes connections, and TLS is agreed on"
        return await addresses.probeEach { address in
            await OutputProbe.of("\(address)") {
                try await StreamProbe.run(address, dialer)
                return seen
            }
        }
    }
}
