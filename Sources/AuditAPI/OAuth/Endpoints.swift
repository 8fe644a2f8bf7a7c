/// The two base addresses of an organization's cloud: where the API answers, and where tokens are made.
public struct Endpoints: Sendable, Hashable {
    /// For instance `https://api.mypurecloud.ie`, without a slash at its end; the paths begin with `/api/v2`.
    public let api: String
    /// For instance `https://login.mypurecloud.ie`, without a slash at its end; the path is `/oauth/token`.
    public let login: String

    /// The hosts of a region.
    public init(region: Region) {
        api = "https://api.\(region.domain)"
        login = "https://login.\(region.domain)"
    }

    /// Addresses of one's own: a gateway, a simulator. Each may have a port and a path; neither a user, a query nor a fragment.
    /// Without a `login`, it is the `login.` host beside an `api.` host, else the same address.
    public init(api: String, login: String? = nil) throws(InvalidBaseURL) {
        self.api = try Endpoints.checked(api)
        self.login = try Endpoints.checked(login ?? self.api.replacing("//api.", with: "//login.", maxReplacements: 1))
    }

    /// The hosts of a region, each replaced where an address is given. `nil` in place of a region demands an API address.
    public init(region: Region?, api: String?, login: String?) throws(InvalidBaseURL) {
        if let region {
            let own = Endpoints(region: region)
            try self.init(api: api ?? own.api, login: login ?? (api == nil ? own.login : nil))
        } else if let api {
            try self.init(api: api, login: login)
        } else {
            throw InvalidBaseURL(url: "", reason: "neither a region nor an API address is given")
        }
    }

    /// Whether a secret or a token would travel without TLS.
    public var isPlainText: Bool { !api.hasPrefix("https://") || !login.hasPrefix("https://") }

    private static func checked(_ text: String) throws(InvalidBaseURL) -> String {
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        let lower = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else {
            throw InvalidBaseURL(url: text, reason: "it does not begin with 'https://' or 'http://'")
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty, authority.first != ":" else { throw InvalidBaseURL(url: text, reason: "it has no host") }
        // Not quoted: what stands before the @ may be a password.
        guard !rest.contains("@") else { throw InvalidBaseURL(url: "", reason: "it has a user in it") }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !rest.contains(where: { "?#\\\"<>^`{|}".contains($0) }) else {
            throw InvalidBaseURL(url: text, reason: "it has a character that no base address has")
        }
        return scheme + rest
    }
}

/// An address that cannot be the base of the API's addresses.
public struct InvalidBaseURL: Error, Sendable, Equatable, CustomStringConvertible {
    /// As it was given; empty where there is none, or where it must not be shown.
    public let url: String
    public let reason: String

    public var description: String {
        url.isEmpty ? "the base address cannot be used: \(reason)" : "the base address '\(url)' cannot be used: \(reason)"
    }
}
