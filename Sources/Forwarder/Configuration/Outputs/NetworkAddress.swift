#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A host and a port as users write them: `collector.example:6514`, `192.0.2.7:514`, `[2001:db8::1]:514`.
struct NetworkAddress: Equatable, Sendable {
    /// Without brackets.
    let host: String
    /// 1 to 65535.
    let port: Int

    /// `nil` where the host is none, or the port is missing or out of range.
    init?(_ text: String) {
        guard let (host, rest) = NetworkAddress.splitHost(text), rest.hasPrefix(":"),
            let port = ValueRule<Int>.number(1...65_535).parse(String(rest.dropFirst()))
        else { return nil }
        self.host = host
        self.port = port
    }

    /// A valid host without its brackets, and what follows it.
    static func splitHost(_ text: String) -> (host: String, rest: Substring)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<end])
            return isIPv6(host) ? (host, text[text.index(after: end)...]) : nil
        }
        let host = text.prefix { $0 != ":" && $0 != "/" }
        return isName(host) ? (String(host), text[host.endIndex...]) : nil
    }

    /// Names, and addresses of IPv4: labels of letters, digits, `-` and `_`, parted by dots (RFC 1123 section 2.1, and the
    /// underscore that container networks use).
    private static func isName(_ host: Substring) -> Bool {
        (1...253).contains(host.utf8.count)
            && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { (1...63).contains($0.utf8.count) }
            && host.utf8.allSatisfy { isPlain($0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// With an optional zone after a `%` (RFC 4007 section 11).
    private static func isIPv6(_ host: String) -> Bool {
        let parts = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].isEmpty || parts[1].utf8.count > 32 || !parts[1].utf8.allSatisfy(isPlain) { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(parts[0]), &address) == 1
    }
}

extension ValueRule where Value == NetworkAddress {
    static var address: ValueRule {
        ValueRule("'host:port', with a port from 1 to 65535 and an IPv6 address in brackets", parse: NetworkAddress.init(_:))
    }
}
