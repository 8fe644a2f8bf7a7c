import Foundation

/// A socket that a receiver has when it is ready, as the kernel lists them (proc(5)); nobody has to connect to see it.
///
/// The lists are long where many tests run, and are looked at often: nothing is taken apart that is not needed.
enum ListeningSocket: Sendable, Equatable {
    case tcp(Int)
    case udp(Int)
    /// Of either kind.
    case unix(String)

    /// The peer of a socket that has none.
    private static let nobody = "00000000:0000"
    // The states of a connection as the kernel numbers them (include/net/tcp_states.h).
    private static let listening = "0A"
    private static let timeWait = "06"

    var isThere: Bool {
        switch self {
        case .tcp(let port): Self.table("tcp").contains(":\(Self.hexadecimal(port)) \(Self.nobody) \(Self.listening)")
        case .udp(let port): Self.table("udp").contains(":\(Self.hexadecimal(port)) \(Self.nobody) ")
        case .unix(let path): Self.table("unix").contains(" \(path)\n")
        }
    }

    /// Whether a process still has a connection to this TCP port, or the kernel has one for it.
    static func isConnected(to port: Int) -> Bool {
        let table = table("tcp")
        let end = ":\(hexadecimal(port)) "
        return table.positions(of: end).contains { position in
            // Where the port is the peer's, no address follows.
            let peer = position + end.utf8.count
            guard table.text(peer + 8, 1) == ":" else { return false }
            return ![listening, timeWait].contains(table.text(peer + nobody.utf8.count + 1, 2))
        }
    }

    /// The kernel gives a page at a time, which Foundation takes for the end.
    private static func table(_ name: String) -> SocketTable {
        let descriptor = open("/proc/self/net/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return SocketTable(bytes: []) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &page, page.count), count > 0 { bytes += page[..<count] }
        return SocketTable(bytes: bytes)
    }

    private static func hexadecimal(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// One of the kernel's lists, as it is.
private struct SocketTable {
    let bytes: Data

    init(bytes: [UInt8]) { self.bytes = Data(bytes) }

    func contains(_ text: String) -> Bool { bytes.range(of: Data(text.utf8)) != nil }

    func positions(of text: String) -> [Int] {
        var (positions, start) = ([Int](), 0)
        while let found = bytes.range(of: Data(text.utf8), in: start..<bytes.count) {
            positions.append(found.lowerBound)
            start = found.lowerBound + 1
        }
        return positions
    }

    /// Empty past the end.
    func text(_ start: Int, _ count: Int) -> String {
        start + count <= bytes.count ? String(decoding: bytes[start..<start + count], as: UTF8.self) : ""
    }
}
