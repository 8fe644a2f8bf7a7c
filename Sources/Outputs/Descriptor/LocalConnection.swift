import Glibc

/// A local socket (unix(7)) that never makes a caller wait, closed with its last holder.
final class LocalConnection: Sendable {
    let descriptor: Int32

    /// - Parameter type: `SOCK_STREAM` or `SOCK_DGRAM`.
    /// - Throws: what connect(2) says; a path that is too long is ENAMETOOLONG.
    init(connectingTo path: String, _ type: __socket_type) throws(SystemError) {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = try uninterrupted { socket(AF_UNIX, Int32(type.rawValue) | flags, 0) }
        try LocalConnection.connect(descriptor, path)
    }

    deinit { close(descriptor) }

    private static func connect(_ descriptor: Int32, _ path: String) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isShort = withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: path.utf8.prefix(room.count - 1))
            return path.utf8.count < room.count
        }
        guard isShort else { throw SystemError(ENAMETOOLONG) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let failure: Int32 = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, length) == 0 ? 0 : errno }
        }
        if failure != 0 { throw SystemError(failure) }
    }
}
