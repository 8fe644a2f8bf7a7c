import AuditCore
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Opens connections to the first of several receivers that answers.
final class Dialer: Sendable {
    /// Adds what reads and writes the clear bytes. Called on the event loop of the new channel, whose first handler is the account; where a
    /// name has several addresses, for every one that is tried, of which all channels but one are closed again.
    typealias Configure<Value> = @Sendable (any Channel, WireAccount, HostPort) throws -> Value

    private static let connectTimeout = TimeAmount.seconds(10)
    /// Between keep-alive probes (tcp(7)): an idle connection whose peer has gone silently is noticed within two minutes.
    private static let keepAlive = (idle: 60, interval: 10, count: 6)

    let settings: ConnectionSettings
    let tls: TLSContext?
    private let group: any EventLoopGroup
    private let resolver: (any Resolver & Sendable)?
    private let order: NIOLockedValueBox<AddressOrder>
    private let beginning = ContinuousClock.now

    /// - Parameter resolver: finds the addresses of a name; `nil` is this machine's name service.
    init(_ settings: ConnectionSettings, group: any EventLoopGroup, resolver: (any Resolver & Sendable)? = nil) {
        self.settings = settings
        self.group = group
        self.resolver = resolver
        tls = settings.tls.map(TLSContext.init)
        order = NIOLockedValueBox(AddressOrder(settings.addresses))
    }

    /// A connection, over which the TLS handshake is done where there is one.
    ///
    /// - Throws: `DialFailure`, for all receivers together; `CancellationError`.
    func connect(_ configure: @escaping Configure<Void>) async throws -> any Channel {
        var failures: [String] = []
        for address in order.withLockedValue({ $0.order(at: now) }) {
            try Task.checkCancellation()
            do {
                let channel = try await connect(to: address, configure).channel
                order.withLockedValue { $0.succeeded(address) }
                return channel
            } catch {
                failed(address)
                failures.append("\(NetworkFailure.named(address, among: settings.addresses))\(NetworkFailure.describe(error))")
            }
        }
        throw DialFailure(description: failures.joined(separator: "; "))
    }

    /// A connection to it broke: others are tried first for a while.
    func failed(_ address: HostPort) { order.withLockedValue { $0.failed(address, at: now) } }

    private var now: Duration { ContinuousClock.now - beginning }

    /// A connection to one of the receivers, whatever became of it before.
    /// - Returns: the value is what was made of this very channel.
    /// - Throws: what it failed with, for `NetworkFailure`; `CancellationError`.
    func connect<Value: Sendable>(
        to address: HostPort, _ configure: @escaping Configure<Value>
    ) async throws -> (channel: any Channel, value: Value) {
        let secure = try await tls?.current()
        let serverName = tls?.serverName(address)
        let (channel, handshake, value) = try await bootstrap.connect(host: address.host, port: address.port) { [tls] channel in
            channel.eventLoop.makeCompletedFuture {
                let account = WireAccount()
                try channel.pipeline.syncOperations.addHandler(account)
                var handshake: EventLoopFuture<Void>?
                if let tls, let secure {
                    let wait = HandshakeWait(channel.eventLoop.makePromise(), tls, account)
                    handshake = wait.done.futureResult
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: secure, serverHostname: serverName))
                    try channel.pipeline.syncOperations.addHandler(wait)
                }
                return (channel, handshake, try configure(channel, account, address))
            }
        }
        guard let handshake else { return (channel, value) }
        let isOverdue = NIOLockedValueBox(false)
        let timeout = channel.eventLoop.scheduleTask(in: Dialer.connectTimeout) {
            isOverdue.withLockedValue { $0 = true }
            channel.close(promise: nil)
        }
        defer { timeout.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await handshake.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            channel.close(promise: nil)
            throw isOverdue.withLockedValue { $0 } ? HandshakeOverdue() : error
        }
        return (channel, value)
    }

    private var bootstrap: ClientBootstrap {
        ClientBootstrap(group: group)
            .resolver(resolver)
            .connectTimeout(Dialer.connectTimeout)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPIDLE))), value: Dialer.keepAlive.idle)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), value: Dialer.keepAlive.interval)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), value: Dialer.keepAlive.count)
            .channelOption(
                .tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: Int(clamping: settings.timeout.wholeMilliseconds)
            )
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
    }
}

/// A peer took the connection, and did not do its part of the TLS handshake in time.
private struct HandshakeOverdue: Error, CustomStringConvertible {
    var description: String { NetworkTrouble.noHandshake.reason }
}

/// No receiver could be connected to, and why not.
struct DialFailure: Error, CustomStringConvertible {
    let description: String
}
