import Engine
import NIOCore
import NIOPosix

/// Events in a stream of bytes, over TCP with or without TLS, to a receiver that gives no answer of its own.
///
/// Guarantee `transport`: see `Confirmation` for what is taken as an acknowledgement. One connection, opened when there is something to
/// deliver; after a break everything unconfirmed is delivered again over a new one.
public actor StreamOutput: Output {
    static let guarantee = Guarantee.transport

    public nonisolated var guarantee: Guarantee { Self.guarantee }
    public nonisolated let window = 64

    private let name: String
    private let dialer: Dialer
    private let encoder: StreamEncoder
    private let settings: StreamConnection.Settings
    private let resumption = Resumption()
    private var channel: (any Channel)?
    private var isStale = false

    /// - Parameters:
    ///   - name: for people: what it is and where it delivers to.
    ///   - settle: how long the connection has to stay sound after the peer's kernel acknowledged a batch.
    ///   - isStrict: only a close in order acknowledges, for which the connection is half closed every `strictInterval`.
    ///   - group: where the connections live.
    init(
        name: String, connection: ConnectionSettings, encoder: StreamEncoder, isStrict: Bool, settle: Duration,
        group: any EventLoopGroup
    ) {
        self.name = name
        self.encoder = encoder
        dialer = Dialer(connection, group: group)
        settings = StreamConnection.Settings(
            name: name, settle: settle, closeAfter: isStrict ? StreamOutput.strictInterval : nil)
    }

    /// How long a strict connection gathers batches before it is closed for their confirmation.
    private static let strictInterval = Duration.seconds(1)

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let encoded = encoder.encode(batch, from: resumption.taken(of: batch.sequence))
        let resumption = resumption
        let accepted: Answer = encoded.refused.isEmpty ? .acknowledged : .acknowledgedExcept(encoded.refused, tooLarge)
        let delivery = StreamConnection.Delivery(
            sequence: batch.sequence, ends: dialer.tls == nil ? encoded.ends : [], accepted: accepted
        ) { given in
            if given == accepted { resumption.forget(batch.sequence) }
            answer(given)
        }
        if encoded.bytes.isEmpty { return delivery.answer(accepted) }
        let bytes = ByteBuffer(bytes: encoded.bytes)
        while true {
            let channel: any Channel
            do {
                channel = try await connected()
            } catch {
                return answer(.refusedForNow(Refusal("\(name): \(NetworkFailure.describe(error))")))
            }
            guard await send(bytes, delivery, on: channel) else {
                // The connection is closing, for the sake of what was sent before.
                await end(of: channel)
                if Task.isCancelled { return answer(.refusedForNow(Refusal("\(name): the delivery was given up"))) }
                continue
            }
            return
        }
    }

    /// Half closes, and waits for the collector as long as a delivery would: until it has closed, or until everything is confirmed otherwise.
    public func drain() async {
        guard let channel, channel.isActive else { return }
        channel.eventLoop.execute { channel.stream?.halfClose(channel) }
        await end(of: channel)
    }

    /// The next batch goes over a new connection where its certificates have changed.
    public func reopen() { isStale = dialer.tls?.hasChanged ?? false }

    public func close() async {
        guard let channel else { return }
        self.channel = nil
        channel.eventLoop.execute { channel.stream?.abort() }
        try? await channel.closeFuture.get()
    }

    private var tooLarge: Refusal { Refusal("\(name): the event is larger than \(encoder.largest ?? .max) bytes") }

    /// - Returns: whether the connection took the batch; `false` where it takes nothing more.
    private func send(_ bytes: ByteBuffer, _ delivery: StreamConnection.Delivery, on channel: any Channel) async -> Bool {
        let written = channel.eventLoop.submit { () -> EventLoopFuture<Void>? in
            guard let stream = channel.stream, !stream.isClosing else { return nil }
            return stream.send(bytes, delivery, on: channel)
        }
        return await withTaskCancellationHandler {
            guard let future = try? await written.get() else { return false }
            // An error closes the channel, and the connection answers for the batch.
            _ = try? await future.get()
            return true
        } onCancel: {
            channel.eventLoop.execute { channel.stream?.abort() }
        }
    }

    private func end(of channel: any Channel) async {
        await withTaskCancellationHandler {
            _ = try? await channel.closeFuture.get()
        } onCancel: {
            channel.eventLoop.execute { channel.stream?.abort() }
        }
    }

    private func connected() async throws -> any Channel {
        if isStale { await drain() }
        if let channel, channel.isActive { return channel }
        isStale = false
        channel = nil
        let (settings, resumption, dialer) = (settings, resumption, dialer)
        let opened = try await dialer.connect { channel, account, address in
            let connection = StreamConnection(settings, account: account, resumption: resumption) { dialer.failed(address) }
            try channel.pipeline.syncOperations.addHandler(connection)
        }
        channel = opened
        return opened
    }
}

extension Channel {
    /// On the event loop; `nil` once the channel is closed.
    fileprivate var stream: StreamConnection? { try? pipeline.syncOperations.handler(type: StreamConnection.self) }
}
