import CSupport
import Glibc

/// The socket of a local receiver, such as `/dev/log`: of datagrams, or of a stream with a line feed behind each message.
///
/// The kernel tells how much the receiver has not taken yet. A receiver that dies takes what it had not read with it, and then nothing is
/// untaken either; so what was sent counts once nothing is untaken and the same receiver is still there.
struct LocalSocket: MessageSocket {
    /// A local receiver's messages are bounded by the send buffer.
    private static let bufferBytes: Int32 = 8 << 20
    /// Between two looks at what is untaken: first and longest.
    private static let pauseMicroseconds: (first: UInt32, most: UInt32) = (20, 5000)

    /// Which socket a path names. Numbers of files are used again; so one that took the place of another within a tick of the kernel's clock
    /// (10 ms at most) may pass for it. No service starts anew as fast.
    private struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int

        init(_ path: String) throws {
            var status = stat()
            guard stat(path, &status) == 0 else { throw SystemError() }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            seconds = status.st_ctim.tv_sec
            nanoseconds = status.st_ctim.tv_nsec
        }
    }

    private let path: String
    private var current: (connection: LocalConnection, isStream: Bool, identity: Identity)?

    init(path: String) { self.path = path }

    mutating func open() throws {
        if let current {
            if try Identity(path) == current.identity { return }
            close()
        }
        let identity = try Identity(path)
        do throws(SystemError) {
            current = (try connect(SOCK_DGRAM), false, identity)
        } catch  where error.code == EPROTOTYPE {
            current = (try connect(SOCK_STREAM), true, identity)
        }
    }

    mutating func send(_ message: [UInt8], unless isCancelled: () -> Bool) throws -> Bool {
        guard let current else { throw SystemError(ENOTCONN) }
        let descriptor = current.connection.descriptor
        let bytes = current.isStream ? message + [UInt8(ascii: "\n")] : message
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(SystemError) {
                rest.removeFirst(
                    try uninterrupted {
                        rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    }
                )
            } catch {
                switch error.code {
                case EMSGSIZE: return false
                case EAGAIN, ENOBUFS: _ = try Readiness.wait(descriptor, for: POLLOUT, unless: isCancelled)
                default: throw error
                }
            }
        }
        return true
    }

    mutating func settle(unless isCancelled: () -> Bool) throws {
        guard let current else { throw SystemError(ENOTCONN) }
        var pause = LocalSocket.pauseMicroseconds.first
        while true {
            var untaken: Int32 = 0
            let code = csupport_untaken_bytes(current.connection.descriptor, &untaken)
            if code != 0 { throw SystemError(code) }
            if untaken == 0 { break }
            if isCancelled() { throw CancellationError() }
            usleep(pause)
            pause = min(pause * 2, LocalSocket.pauseMicroseconds.most)
        }
        if current.isStream {
            guard Readiness.now(current.connection.descriptor) & (POLLHUP | POLLERR) == 0 else { throw SystemError(EPIPE) }
        } else {
            // Nobody is told when the receiver of datagrams closes; whoever asks finds out. And only then: another may take its place.
            _ = try connect(SOCK_DGRAM)
            guard try Identity(path) == current.identity else { throw SystemError(ECONNRESET) }
        }
    }

    mutating func close() { current = nil }

    private func connect(_ type: __socket_type) throws(SystemError) -> LocalConnection {
        let connection = try LocalConnection(connectingTo: path, type)
        csupport_widen_send_buffer(connection.descriptor, LocalSocket.bufferBytes)
        return connection
    }
}
