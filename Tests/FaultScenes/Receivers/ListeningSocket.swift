import Foundation

/// A socket that a receiver has when it is ready, as the kernel lists them (proc(5)); nobody has to connect to see it.
enum ListeningSocket: Sendable, Equatable {
    case tcp(Int)
    case udp(Int)
    /// Of either kind.
    case unix(String)

    // The states of a connection as the kernel numbers them (include/net/tcp_states.h).
    private static let listening = "0A"
    private static let timeWait = "06"

    var isThere: Bool {
        switch self {
        case .tcp(let port):
            ListeningSocket.rows(of: "tcp").contains { $0[1].hasSuffix(Self.hexadecimal(port)) && $0[3] == Self.listening }
        case .udp(let port): ListeningSocket.rows(of: "udp").contains { $0[1].hasSuffix(Self.hexadecimal(port)) }
        case .unix(let path): ListeningSocket.rows(of: "unix").contains { $0.last ?? "" == path }
        }
    }

    /// Whether a process still has a connection to this TCP port, or the kernel has one for it.
    static func isConnected(to port: Int) -> Bool {
        rows(of: "tcp").contains { $0[1].hasSuffix(hexadecimal(port)) && ![listening, timeWait].contains(String($0[3])) }
    }

    private static func rows(of table: String) -> [[Substring]] {
        let lines = text(of: table).split(separator: "\n").dropFirst()
        return lines.map { $0.split(separator: " ") }.filter { $0.count > 3 }
    }

    /// The kernel gives a page at a time, which Foundation takes for the end.
    private static func text(of table: String) -> String {
        let descriptor = open("/proc/self/net/\(table)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &page, page.count), count > 0 { text += page[..<count] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hexadecimal(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return ":" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
