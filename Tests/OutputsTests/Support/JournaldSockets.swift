import CSupport
import Glibc

@testable import Outputs

/// The sockets of a receiver: one for entries, one for calls, and the connections of callers.
struct JournaldSockets {
    enum Event {
        case entry([UInt8])
        case call(Int32, String)
        /// A byte was read from the descriptor that wakes.
        case woken
    }

    /// More than any datagram that the output sends.
    private static let mostBytes = 256 << 10

    private let entries: Int32
    private let listener: Int32
    private var callers: [Int32] = []
    private let paths: [String]

    init(_ place: JournalPlace) throws {
        paths = [place.socket, place.synchronizeSocket]
        entries = try Self.bound(place.socket, SOCK_DGRAM)
        listener = try Self.bound(place.synchronizeSocket, SOCK_STREAM)
        guard listen(listener, 16) == 0 else { throw JournaldReceiver.Unusable() }
    }

    /// Waits for what comes next; a call comes only when there is no entry, as journald has it.
    mutating func next(_ wake: Int32, isHeld: Bool) -> Event {
        while true {
            var polls = [wake, isHeld ? -1 : entries, isHeld ? -1 : listener].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            polls += callers.map { pollfd(fd: isHeld ? -1 : $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polls, nfds_t(polls.count), -1) > 0 else { continue }
            if polls[1].revents != 0 { return .entry(takeEntry()) }
            if polls[0].revents != 0 {
                var byte: UInt8 = 0
                _ = read(wake, &byte, 1)
                return .woken
            }
            if polls[2].revents != 0 { callers.append(accept(listener, nil, nil)) }
            for poll in polls.dropFirst(3) where poll.revents != 0 {
                var block = [UInt8](repeating: 0, count: 4096)
                let count = recv(poll.fd, &block, block.count, 0)
                if count > 0 { return .call(poll.fd, String(decoding: block[..<count], as: UTF8.self)) }
                hangUp(poll.fd)
            }
        }
    }

    /// The next entry that has come already.
    func waitingEntry() -> [UInt8]? {
        var poll = pollfd(fd: entries, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1 ? takeEntry() : nil
    }

    mutating func hangUp(_ caller: Int32) {
        Glibc.close(caller)
        callers.removeAll { $0 == caller }
    }

    func close() {
        for path in paths { unlink(path) }
        for socket in [entries, listener] + callers { Glibc.close(socket) }
    }

    private func takeEntry() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: JournaldSockets.mostBytes)
        var memory: Int32 = -1
        let count = csupport_receive_datagram(entries, &block, block.count, &memory)
        return memory < 0 ? Array(block[..<max(0, count)]) : JournaldSockets.content(memory)
    }

    private static func content(_ memory: Int32) -> [UInt8] {
        defer { Glibc.close(memory) }
        // F_GET_SEALS: journald wants all four, so that nobody changes what it reads.
        guard fcntl(memory, 1034) & 0xf == 0xf else { return [0] }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(memory, 0, SEEK_END)))
        return pread(memory, &bytes, bytes.count, 0) == bytes.count ? bytes : [0]
    }

    private static func bound(_ path: String, _ type: __socket_type) throws -> Int32 {
        let socket = socket(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw JournaldReceiver.Unusable() }
        return socket
    }
}
