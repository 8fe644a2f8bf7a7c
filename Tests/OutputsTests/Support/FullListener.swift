import Glibc
import NIOCore
import NIOPosix

/// A port of the loopback address that answers no connection attempt until there is room: its queue is full (listen(2)).
final class FullListener: Sendable {
    let address: SocketAddress
    private let listener: Int32
    private let occupant: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        occupant = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, occupant) = (listener, occupant)
        let isFull = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0 && getsockname(listener, $0, &length) == 0
                    && connect(occupant, $0, length) == 0
            }
        }
        address = SocketAddress(name)
        guard isFull else { throw IOError(errnoCode: errno, reason: "listen") }
    }

    /// Whether somebody waits for an answer, as the kernel lists it (proc_pid_net(5)).
    var isTried: Bool {
        get throws {
            let port = String(address.port ?? 0, radix: 16, uppercase: true)
            let remote = "0100007F:" + String(repeating: "0", count: 4 - port.count) + port
            return try FullListener.connections().contains { line in
                let words = line.split(separator: " ")
                return words.count > 3 && words[2] == remote && words[3] == "02"
            }
        }
    }

    /// The next attempt that comes to it, or comes again, is answered.
    func makeRoom() { close(accept(listener, nil, nil)) }

    deinit {
        close(occupant)
        close(listener)
    }

    private static func connections() throws -> [Substring] {
        let descriptor = open("/proc/net/tcp", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "open") }
        defer { close(descriptor) }
        var (text, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self).split(separator: "\n") }
            text += block[..<count]
        }
    }
}

/// A name service that knows one name.
struct FixedResolver: Resolver {
    let addresses: [SocketAddress]
    let loop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { loop.makeSucceededFuture(addresses) }
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { loop.makeSucceededFuture([]) }
    func cancelQueries() {}
}
