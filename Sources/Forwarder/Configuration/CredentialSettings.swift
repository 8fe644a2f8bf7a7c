import AuditAPI
import AuditCore

/// Where the client secret is to be taken from.
enum SecretSource: Sendable {
    case value(Secret)
    /// A file whose content it is; `subject` is what named it.
    case file(path: String, shown: String, subject: String, line: Int?)
}

/// What one layer (the file, the environment, the flags) says about the organization and the client.
struct CredentialSettings: Sendable {
    enum Item { case region, apiURL, loginURL, clientID, secret }

    var region: Region?
    var apiURL: String?
    var loginURL: String?
    var clientID: String?
    var secret: SecretSource?
    /// What was stated at all: an item that was refused was reported, and is not missing besides.
    var stated: Set<Item> = []

    /// Takes over whatever `layer` states.
    mutating func overlay(_ layer: CredentialSettings) {
        region = layer.region ?? region
        apiURL = layer.apiURL ?? apiURL
        loginURL = layer.loginURL ?? loginURL
        clientID = layer.clientID ?? clientID
        secret = layer.secret ?? secret
        stated.formUnion(layer.stated)
    }
}

extension ValueRule where Value == String {
    static var clientID: ValueRule { .text("a client id", upTo: 256) }
    static var service: ValueRule { .text("the name of a service", upTo: 128) }

    /// A URL of `http` or `https` with a host, and maybe a port and a path; read without slashes at its end.
    static var baseURL: ValueRule {
        ValueRule("a URL such as https://api.mypurecloud.ie, without user, query or fragment") { text in
            guard text.utf8.count <= 2048, let start = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }),
                let (_, afterHost) = NetworkAddress.splitHost(String(text.dropFirst(start.count)))
            else { return nil }
            let path = afterHost.drop { $0 != "/" }
            let port = afterHost[..<path.startIndex]
            guard port.isEmpty || NetworkAddress("host\(port)") != nil,
                path.utf8.allSatisfy(isPathByte)
            else { return nil }
            let kept = text.lastIndex { $0 != "/" }.map { text[...$0] } ?? ""
            return start + kept.dropFirst(start.count)
        }
    }

    /// The characters of a path (RFC 3986 section 3.3) that need no escape, and `%`.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-._~%+,;=:".utf8.contains(byte)
        }
    }
}

extension Endpoints {
    /// Whether the secret or a token would travel over a network without TLS.
    var exposesSecrets: Bool {
        [api, login].contains { url in
            guard url.hasPrefix("http://"), let (host, _) = NetworkAddress.splitHost(String(url.dropFirst(7)))
            else { return false }
            return host != "localhost" && host != "::1" && !host.hasPrefix("127.")
        }
    }
}
