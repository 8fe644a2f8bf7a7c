import EngineTesting
import Glibc
import NIOConcurrencyHelpers
import NIOPosix

/// A receiver of syslog messages on a socket of this machine or over UDP, in this process, on a thread of its own.
///
/// What stands before the event of a message is cut off; a message's event begins at its first brace.
final class SocketReceiver: Sendable {
    enum Kind: Sendable {
        case datagrams(path: String)
        case stream(path: String)
        case udp
    }

    struct Unusable: Error { let code: Int32 }

    let kind: Kind
    private let messages = NIOLockedValueBox<[[UInt8]]>([])
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let socket = NIOLockedValueBox<Int32?>(nil)
    private let isEnding = NIOLockedValueBox(false)
    private let reading = NIOLockedValueBox<Task<Void, any Error>?>(nil)
    private let number = NIOLockedValueBox(0)

    init(_ kind: Kind) throws {
        self.kind = kind
        pool.start()
        if case .udp = kind { try bind() }
    }

    /// Of UDP.
    var port: Int { number.withLockedValue { $0 } }

    /// Each message's event.
    var events: [String] {
        messages.withLockedValue { $0 }.map { String(decoding: $0.drop { $0 != UInt8(ascii: "{") }, as: UTF8.self) }
    }
    var whole: [String] { messages.withLockedValue { $0 }.map { String(decoding: $0, as: UTF8.self) } }

    func start(_ conduct: ReceiverConduct) throws {
        if socket.withLockedValue({ $0 }) == nil { try bind() }
        switch conduct {
        case .takesEverything: read(.max)
        case .breaksOff(let bytes): read(bytes)
        case .stalls: break
        }
    }

    func finish() async throws {
        isEnding.withLockedValue { $0 = true }
        if reading.withLockedValue({ $0 }) == nil { read(.max) }
        try await reading.withLockedValue { $0 }?.value
        try await pool.shutdownGracefully()
    }

    private func bind() throws {
        let descriptor: Int32
        switch kind {
        case .datagrams(let path): descriptor = try open(path, SOCK_DGRAM)
        case .stream(let path):
            descriptor = try open(path, SOCK_STREAM)
        case .udp: descriptor = try openUDP()
        }
        socket.withLockedValue { $0 = descriptor }
    }

    private func open(_ path: String, _ type: __socket_type) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(type.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Under another name first: the file that it replaces is still there, so that no two have one number.
        let new = path + ".new"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: new.utf8) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0, type == SOCK_DGRAM || listen(descriptor, 8) == 0 else { throw Unusable(code: errno) }
        guard rename(new, path) == 0 else { throw Unusable(code: errno) }
        return descriptor
    }

    private func openUDP() throws -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var bytes: Int32 = 8 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Unusable(code: errno) }
        number.withLockedValue { $0 = Int(UInt16(bigEndian: address.sin_port)) }
        return descriptor
    }

    private func read(_ most: Int) {
        let task = Task { try await pool.runIfActive { self.takeAll(most) } }
        reading.withLockedValue { $0 = task }
    }

    private func takeAll(_ most: Int) {
        var rest = most
        while let descriptor = socket.withLockedValue({ $0 }) {
            if case .stream = kind { takeStream(descriptor, &rest) } else { takeDatagrams(descriptor, &rest) }
            close(descriptor)
            socket.withLockedValue { $0 = nil }
            // Having broken off, it begins again and takes everything.
            guard rest <= 0, !isEnding.withLockedValue({ $0 }) else { return }
            rest = .max
            try? bind()
        }
    }

    private func takeDatagrams(_ descriptor: Int32, _ rest: inout Int) {
        var block = [UInt8](repeating: 0, count: 9 << 20)
        while rest > 0 {
            guard isReadable(descriptor) else { return }
            let count = recv(descriptor, &block, block.count, 0)
            guard count >= 0 else { return }
            messages.withLockedValue { $0.append(Array(block[..<count])) }
            rest -= count
        }
    }

    private func takeStream(_ listener: Int32, _ rest: inout Int) {
        while rest > 0 {
            guard isReadable(listener) else { return }
            let connection = accept(listener, nil, nil)
            var torn: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 3000)
            while rest > 0 {
                let count = recv(connection, &block, min(block.count, rest), 0)
                guard count > 0 else { break }
                rest -= count
                var part = block[..<count]
                while let end = part.firstIndex(of: UInt8(ascii: "\n")) {
                    torn += part[..<end]
                    messages.withLockedValue { $0.append(torn) }
                    torn = []
                    part = part[(end + 1)...]
                }
                torn += part
            }
            close(connection)
        }
    }

    /// Waits for something to read; `false` at the end, when nothing is left.
    private func isReadable(_ descriptor: Int32) -> Bool {
        while true {
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if Glibc.poll(&poll, 1, 20) > 0 { return true }
            if isEnding.withLockedValue({ $0 }) { return false }
        }
    }
}
