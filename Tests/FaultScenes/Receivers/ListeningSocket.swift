import Foundation

/// A socket that a receiver has when it is ready, as the kernel lists them (proc(5)); nobody has to connect to see it.
enum ListeningSocket: Sendable, Equatable {
    case tcp(Int)
    case udp(Int)
    /// Of either kind.
    case unix(String)

    private static let listening = "0A"

    var isThere: Bool {
        switch self {
        case .tcp(let port):
            ListeningSocket.rows(of: "tcp").contains { $0[1].hasSuffix(Self.hexadecimal(port)) && $0[3] == Self.listening }
        case .udp(let port): ListeningSocket.rows(of: "udp").contains { $0[1].hasSuffix(Self.hexadecimal(port)) }
        case .unix(let path): ListeningSocket.rows(of: "unix").contains { $0.last ?? "" == path }
        }
    }

    private static func rows(of table: String) -> [[Substring]] {
        guard let text = FileManager.default.contents(atPath: "/proc/self/net/\(table)") else { return [] }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst()
        return lines.map { $0.split(separator: " ") }.filter { $0.count > 3 }
    }

    private static func hexadecimal(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return ":" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
