import Glibc
import NIOCore
import NIOPosix

/// A port of the loopback address that nobody else gets while this lives, and that refuses connections while nobody listens on it.
final class LoopbackPort: Sendable {
    let number: Int
    private let placeholder: Int32

    init() throws {
        // Bound and not listening.
        placeholder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(placeholder, SOL_SOCKET, SO_REUSEPORT, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = placeholder
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw IOError(errnoCode: errno, reason: "bind") }
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { Glibc.close(placeholder) }

    /// Starts to listen; `accept` is called for every connection, before its channel is active.
    func listen(
        receiveBytes: Int? = nil, accept: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        var bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        if let receiveBytes { bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: .init(receiveBytes)) }
        return
            try await bootstrap
            .serverChannelOption(ChannelOptions.socket(SocketOptionLevel(SOL_SOCKET), SocketOptionName(SO_REUSEPORT)), value: 1)
            .childChannelInitializer(accept)
            .bind(host: "127.0.0.1", port: number).get()
    }
}
