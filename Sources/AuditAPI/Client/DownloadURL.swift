/// The presigned address of a file of results. Whoever has it can read the file, so its description shows the host alone.
public struct DownloadURL: Sendable, Hashable {
    /// The address itself, for the one request that fetches it.
    public let text: String

    /// Only an absolute `https` address, or `http` where the API itself is reached so. `nil` for anything else.
    init?(_ text: String, of endpoints: Endpoints) {
        let lower = text.lowercased()
        let isAllowed = lower.hasPrefix("https://") || (lower.hasPrefix("http://") && endpoints.api.hasPrefix("http://"))
        let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        guard isAllowed, isClean, text.utf8.count <= DownloadURL.longest else { return nil }
        self.text = text
        guard !host.isEmpty else { return nil }
    }

    /// Longer than any presigned address with its session token.
    private static let longest = 16 << 10

    /// The host and the port.
    public var host: String {
        let authority = text.drop { $0 != ":" }.dropFirst(3).prefix { !"/?#".contains($0) }
        return String(authority.split(separator: "@", omittingEmptySubsequences: false).last ?? "")
    }
}

extension DownloadURL: CustomStringConvertible, CustomReflectable {
    public var description: String { "a file at '\(host)'" }
    public var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}
