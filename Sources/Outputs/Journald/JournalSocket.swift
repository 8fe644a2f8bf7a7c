import CSupport
import Glibc

/// journald's socket, as a sender sees it. Called from one thread at a time.
///
/// The protocol is spoken here and not by libsystemd, which reports a missing socket as success, and waits without end on a journald that has
/// stopped.
struct JournalSocket {
    /// What goes whole into a datagram; anything larger goes as a file in memory.
    private static let mostDatagramBytes = 64 << 10
    /// As much as can be on its way before the first wait.
    private static let sendBufferBytes: Int32 = 8 << 20

    private let socket: LocalConnection

    init(connectingTo path: String) throws(SystemError) {
        socket = try LocalConnection(connectingTo: path, SOCK_DGRAM)
        csupport_widen_send_buffer(socket.descriptor, JournalSocket.sendBufferBytes)
    }

    /// Hands one entry to the kernel.
    /// - Throws: `StalledJournal` where the wait ended, and what the kernel says.
    func send(_ entry: [UInt8], _ wait: inout BoundedWait) throws {
        if entry.count <= JournalSocket.mostDatagramBytes {
            let code = try sendWhenTaken(&wait) {
                Glibc.send(socket.descriptor, entry, entry.count, Int32(MSG_NOSIGNAL)) < 0 ? errno : 0
            }
            if code == 0 { return }
            // The kernel's own bounds are lower than ours.
            guard code == EMSGSIZE || code == ENOBUFS else { throw SystemError(code) }
        }
        try sendInMemory(entry, &wait)
    }

    private func sendInMemory(_ entry: [UInt8], _ wait: inout BoundedWait) throws {
        var memory: Int32 = -1
        let failure = csupport_sealed_memory(entry, entry.count, &memory)
        if failure != 0 { throw SystemError(failure) }
        defer { close(memory) }
        let code = try sendWhenTaken(&wait) { csupport_send_descriptor(socket.descriptor, memory) }
        if code != 0 { throw SystemError(code) }
    }

    /// - Returns: zero, or what the kernel said.
    private func sendWhenTaken(_ wait: inout BoundedWait, _ body: () -> Int32) throws -> Int32 {
        while true {
            let code = body()
            switch code {
            case 0:
                wait.progressed()
                return 0
            case EINTR: continue
            case EAGAIN: if try !wait.poll(socket.descriptor, Int32(POLLOUT)) { throw StalledJournal() }
            // Descriptors on their way are counted for the whole user.
            case ETOOMANYREFS: if try !wait.again() { throw StalledJournal() }
            default: return code
            }
        }
    }

    /// Returns when journald has taken everything out of its socket.
    /// - Throws: `StalledJournal` where nothing moved until the wait ended, and ECONNREFUSED where the socket has gone, and what was in it.
    func waitUntilTaken(_ wait: inout BoundedWait) throws {
        var before = Int32.max
        while true {
            var untaken: Int32 = 0
            let code = csupport_untaken_bytes(socket.descriptor, &untaken)
            if code != 0 { throw SystemError(code) }
            if untaken == 0 { return try demandAlive(&wait) }
            if untaken < before { wait.progressed() }
            before = untaken
            if try !wait.again() { throw StalledJournal() }
        }
    }

    /// A socket that is closed forgets what was in it, which looks as if it had been taken. An empty datagram, which journald passes over, tells.
    private func demandAlive(_ wait: inout BoundedWait) throws {
        let code = try sendWhenTaken(&wait) {
            Glibc.send(socket.descriptor, nil, 0, Int32(MSG_NOSIGNAL)) < 0 ? errno : 0
        }
        if code != 0 { throw SystemError(code) }
    }
}

/// journald is there and takes nothing.
struct StalledJournal: Error, CustomStringConvertible {
    var description: String { "takes nothing any more" }
}
