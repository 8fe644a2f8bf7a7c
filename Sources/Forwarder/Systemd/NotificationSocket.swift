import Glibc

/// The socket at which a service manager listens (sd_notify(3)): a local one of datagrams. No call blocks.
final class NotificationSocket: Sendable {
    /// Why a datagram was not taken.
    enum Problem: Error, Equatable {
        /// The manager's queue is full; later it may not be.
        case full
        /// For people, lower case.
        case unusable(String)
    }

    private let address: [UInt8]
    private let descriptor: Int32

    /// - Parameter address: an absolute path, or `@` and an abstract name (unix(7)).
    init(address: String) throws(Problem) {
        guard address.hasPrefix("/") || address.hasPrefix("@"), address.utf8.count > 1 else {
            throw .unusable("neither a path nor an abstract name")
        }
        var bytes = [UInt8](address.utf8)
        if address.hasPrefix("@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { throw .unusable("too long for a socket") }
        self.address = bytes
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        if descriptor < 0 { throw NotificationSocket.problem(errno) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws(Problem) {
        let code = attempt([UInt8](text.utf8))
        if code != 0 { throw NotificationSocket.problem(code) }
    }

    /// - Returns: zero, or what the kernel said.
    private func attempt(_ datagram: [UInt8]) -> Int32 {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: address) }
        // The length tells where an abstract name ends, whose bytes may all be zeros.
        let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + address.count } ?? 0)
        return withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                while sendto(descriptor, datagram, datagram.count, Int32(MSG_NOSIGNAL), target, length) < 0 {
                    if errno != EINTR { return errno }
                }
                return 0
            }
        }
    }

    private static func problem(_ code: Int32) -> Problem {
        if code == EAGAIN || code == ENOBUFS { return .full }
        return .unusable(String(cString: strerror(code)).lowercased())
    }
}
