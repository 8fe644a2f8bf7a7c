import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The way between the program and a receiver, which can break or stand still. It carries no more than the receiver takes.
///
/// A connection that breaks is reset towards the program, as by a receiver that had read so many bytes: these reach the receiver in any case,
/// and whatever the program's kernel has sent besides is lost.
package final class FaultProxy: Sendable {
    private struct State {
        /// How many bytes the coming connections may bring; empty for no limit.
        var limits: [Int] = []
        var resets = 0
        var stands = false
        /// Those that would read on if it did not stand.
        var waiting: [any Channel] = []
    }

    private let state = NIOLockedValueBox(State())
    private let listener: any Channel
    package let port: Int

    /// Runs `body` beside a way to a port of the loopback address.
    /// - Parameter limits: after how many bytes from the program the first connections are reset, one after the other.
    package static func with<Value: Sendable>(
        to receiver: Int, limits: [Int] = [], _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = try await FaultProxy(to: receiver, limits: limits)
        let result: Result<Value, any Error>
        do { result = .success(try await body(proxy)) } catch { result = .failure(error) }
        try await proxy.close()
        return try result.get()
    }

    /// - Parameter limits: after how many bytes from the program the first connections are reset, one after the other.
    package init(to receiver: Int, limits: [Int] = []) async throws {
        state.withLockedValue { $0.limits = limits.reversed() }
        let state = state
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { FaultProxy.join($0, to: receiver, state) }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    /// Takes no more connections; those that are there go on.
    package func close() async throws { try await listener.close() }

    package var resets: Int { state.withLockedValue { $0.resets } }

    /// Carries nothing from now on, in either direction.
    package func stand() { state.withLockedValue { $0.stands = true } }

    package func goOn() {
        let waiting = state.withLockedValue { state in
            defer { (state.stands, state.waiting) = (false, []) }
            return state.waiting
        }
        for channel in waiting { channel.read() }
    }

    private static func join(
        _ client: any Channel, to receiver: Int, _ state: NIOLockedValueBox<State>
    ) -> EventLoopFuture<Void> {
        let limit = state.withLockedValue { $0.limits.popLast() }
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(Relay(to: client, limit: nil, state)) }
            .connect(host: "127.0.0.1", port: receiver)
            .flatMap { client.pipeline.addHandler(Relay(to: $0, limit: limit, state, isFirst: true)) }
            .flatMapError { error in
                reset(client)
                return client.eventLoop.makeFailedFuture(error)
            }
    }

    /// On the channel's event loop.
    private static func reset(_ channel: any Channel) {
        // No lingering: the kernel answers with RST.
        _ = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            var value = linger(l_onoff: 1, l_linger: 0)
            return setsockopt($0, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        }
        channel.close(promise: nil)
    }

    /// One direction of a connection.
    private final class Relay: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let partner: any Channel
        private let rest: NIOLockedValueBox<Int?>
        private let state: NIOLockedValueBox<State>

        private let isFirst: Bool

        /// - Parameter isFirst: whether the other direction, which is there already, begins with this one.
        init(to partner: any Channel, limit: Int?, _ state: NIOLockedValueBox<State>, isFirst: Bool = false) {
            self.partner = partner
            self.isFirst = isFirst
            rest = NIOLockedValueBox(limit)
            self.state = state
        }

        func channelActive(context: ChannelHandlerContext) {
            guard isFirst else { return }
            for channel in [context.channel, partner] { channel.read() }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // After a reset there is nothing to carry.
            guard context.channel.isActive else { return }
            var chunk = unwrapInboundIn(data)
            let isOver = rest.withLockedValue { rest in
                guard let allowed = rest else { return false }
                rest = max(0, allowed - chunk.readableBytes)
                guard chunk.readableBytes > allowed else { return false }
                chunk = chunk.readSlice(length: allowed) ?? ByteBuffer()
                return true
            }
            let (channel, partner, state) = (context.channel, partner, state)
            let written = partner.writeAndFlush(chunk)
            guard isOver else {
                return written.whenSuccess { Relay.readOn(channel, state) }
            }
            state.withLockedValue { $0.resets += 1 }
            FaultProxy.reset(channel)
            written.whenComplete { _ in partner.close(mode: .output, promise: nil) }
        }

        private static func readOn(_ channel: any Channel, _ state: NIOLockedValueBox<State>) {
            let goesOn = state.withLockedValue { state in
                if state.stands { state.waiting.append(channel) }
                return !state.stands
            }
            if goesOn { channel.read() }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
                return context.fireUserInboundEventTriggered(event)
            }
            partner.close(mode: .output, promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            FaultProxy.reset(partner)
            FaultProxy.reset(context.channel)
        }

        func channelInactive(context: ChannelHandlerContext) {
            // What was on its way to the other side still gets there.
            partner.close(mode: .output, promise: nil)
        }
    }
}
