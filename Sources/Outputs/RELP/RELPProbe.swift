import NIOCore
import NIOPosix

/// A session that is opened and closed, without a message.
enum RELPProbe {
    /// How long a receiver may take to answer, where no shorter time is set.
    static let answerTimeout = Duration.seconds(10)

    /// - Returns: what the receiver calls its RELP library, where it tells.
    /// - Throws: what it failed with, for `NetworkFailure`.
    static func run(_ address: HostPort, _ settings: RELPSettings, _ dialer: Dialer) async throws -> String? {
        let parameters = RELPConnection.Settings(
            name: "relp", window: 1, answerTimeout: min(settings.answerTimeout, answerTimeout))
        let (channel, _) = try await dialer.connect(to: address) { channel, account, _ in
            let progress = RELPProgress(name: "relp", largest: 0)
            let connection = RELPConnection(parameters, account: account, progress: progress) {}
            try channel.pipeline.syncOperations.addHandler(connection)
        }
        try await channel.eventLoop.flatSubmit { () -> EventLoopFuture<Void> in
            channel.relp?.open(channel) ?? channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }.get()
        let software = try? await channel.eventLoop.submit { channel.relp?.software }.get()
        channel.eventLoop.execute { channel.relp?.close(channel, within: RELPOutput.closeTimeout) }
        try? await channel.closeFuture.get()
        return software
    }
}

extension RELPSettings {
    func probe(_ group: any EventLoopGroup) async -> [OutputProbe] {
        let dialer = Dialer(connection, group: group)
        return await connection.addresses.probeEach { address in
            await OutputProbe.of("\(address)") {
                let software = try await RELPProbe.run(address, self, dialer)
                return "opens a RELP session" + (software.map { ", with '\($0)'" } ?? "")
            }
        }
    }
}
