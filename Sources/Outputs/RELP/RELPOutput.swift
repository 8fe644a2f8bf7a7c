import Engine
import Formats
import Logging
import NIOCore
import NIOPosix

/// Events over RELP: each a message that the receiver answers.
///
/// Guarantee `application`: a batch is acknowledged when the receiver has answered every one of its messages with 200. One connection,
/// opened when there is something to deliver; after a break the messages without an answer are sent again over a new one, so that those
/// whose answer was lost with the connection come twice.
public actor RELPOutput: Output {
    static let guarantee = Guarantee.application

    public nonisolated var guarantee: Guarantee { Self.guarantee }
    public nonisolated let window = 64

    /// How long a receiver may take to agree to the end of a session in which it owes nothing.
    static let closeTimeout = TimeAmount.seconds(2)

    /// Bytes of a message that rsyslog takes whole where nothing else is configured (8.2302, `maxMessageSize` 8k).
    private static let rsyslogLimit = 8096

    private let name: String
    private let settings: RELPSettings
    private let message: MessageFormat
    private let dialer: Dialer
    private let progress: RELPProgress
    private let logger: Logger
    private var channel: (any Channel)?
    private var isStale = false
    private var hasWarned = false

    /// - Parameter group: where the connections live; the process's own by default.
    public init(
        settings: RELPSettings, format: Format, logger: Logger, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        name = "relp '\(settings.connection.destination)'"
        self.settings = settings
        self.logger = logger
        message =
            switch settings.payload {
            case .raw: .event(format)
            case .syslog(let syslog): .syslog(SyslogMessage(settings: syslog, format: format, keepsLineEnds: true))
            }
        dialer = Dialer(settings.connection, group: group)
        progress = RELPProgress(name: name, largest: settings.largestMessage)
    }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let messages = RELPMessages(
            batch, as: message, upTo: settings.largestMessage, without: progress.taken(of: batch))
        if messages.places.isEmpty {
            let tally = RELPTally(sequence: batch.sequence, unanswered: 0)
            return answer(progress.answer(to: tally, tooLarge: messages.tooLarge, failure: nil))
        }
        do {
            let channel = try await connected()
            await warnOfCutting(messages, channel)
            guard await send(messages, on: channel, answer: answer) else {
                throw Refusal("\(name): the collector closed the connection")
            }
        } catch let refusal as Refusal {
            answer(.refusedForNow(refusal))
        } catch is CancellationError {
            answer(.refusedForNow(Refusal("\(name): \(RELPAbandonment())")))
        } catch {
            answer(.refusedForNow(Refusal("\(name): \(NetworkFailure.describe(error))")))
        }
    }

    /// The next batch goes over a new connection where its certificates have changed.
    public func reopen() { isStale = dialer.tls?.hasChanged ?? false }

    public func close() async {
        guard let channel else { return }
        self.channel = nil
        await end(channel)
    }

    /// rsyslog's library answers 200 to a message that it has cut.
    private func warnOfCutting(_ messages: RELPMessages, _ channel: any Channel) async {
        guard !hasWarned, messages.largest > RELPOutput.rsyslogLimit else { return }
        let software = try? await channel.eventLoop.submit { channel.relp?.software }.get()
        guard software == "librelp" else { return }
        hasWarned = true
        logger.warning(
            "unless its maxMessageSize was raised, rsyslog cuts events as large as this one and acknowledges them all the same",
            metadata: [
                "collector": "\(settings.connection.destination)", "bytes": "\(messages.largest)",
                "default": "\(RELPOutput.rsyslogLimit)",
            ])
    }

    /// - Returns: whether the connection took the batch, and answers for it.
    private func send(
        _ messages: RELPMessages, on channel: any Channel, answer: @escaping @Sendable (Answer) -> Void
    ) async -> Bool {
        let written = channel.eventLoop.submit { () -> EventLoopFuture<Void>? in
            guard let connection = channel.relp, connection.isOpen else { return nil }
            return connection.send(messages, on: channel, answer: answer)
        }
        return await withTaskCancellationHandler {
            guard let future = try? await written.get() else { return false }
            _ = try? await future.get()
            return true
        } onCancel: {
            channel.eventLoop.execute { channel.relp?.abort() }
        }
    }

    private func connected() async throws -> any Channel {
        if isStale, let channel {
            // What is owed over the old one is not to be sent twice.
            _ = try? await wait(channel) { $0.settle(channel) }
            await close()
        }
        isStale = false
        if let channel, await isOpen(channel) { return channel }
        channel = nil
        let (dialer, progress) = (dialer, progress)
        let parameters = RELPConnection.Settings(name: name, window: settings.window, answerTimeout: settings.answerTimeout)
        let opened = try await dialer.connect { channel, account, address in
            let connection = RELPConnection(parameters, account: account, progress: progress) { dialer.failed(address) }
            try channel.pipeline.syncOperations.addHandler(connection)
        }
        try await wait(opened) { $0.open(opened) }
        channel = opened
        return opened
    }

    private func isOpen(_ channel: any Channel) async -> Bool {
        (try? await channel.eventLoop.submit { channel.relp?.isOpen }.get()) == true
    }

    /// Cancellation breaks the connection.
    private func wait(
        _ channel: any Channel, for event: @escaping @Sendable (RELPConnection) -> EventLoopFuture<Void>
    ) async throws {
        let future = channel.eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
            guard let connection = channel.relp else {
                return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            return event(connection)
        }
        try await withTaskCancellationHandler {
            try await future.get()
        } onCancel: {
            channel.eventLoop.execute { channel.relp?.abort() }
        }
    }

    private func end(_ channel: any Channel) async {
        channel.eventLoop.execute { channel.relp?.close(channel, within: RELPOutput.closeTimeout) }
        await withTaskCancellationHandler {
            _ = try? await channel.closeFuture.get()
        } onCancel: {
            channel.eventLoop.execute { channel.relp?.abort() }
        }
    }
}

extension Channel {
    /// On the event loop; `nil` once the channel is closed.
    var relp: RELPConnection? { try? pipeline.syncOperations.handler(type: RELPConnection.self) }
}
