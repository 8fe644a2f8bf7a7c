/// Where a receiver listens.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// 1 to 65535.
    public var port: Int

    public init(_ host: String, _ port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, with brackets around an IPv6 address (RFC 3986 section 3.2.2).
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A connection to one of several receivers.
public struct ConnectionSettings: Sendable, Equatable {
    /// The first that answers is used; at least one. A name is resolved anew for every connection, and all its addresses are tried.
    public var addresses: [HostPort]
    /// `nil` is a connection in the clear.
    public var tls: TLSSettings?
    /// How long a peer may leave sent bytes unacknowledged before the connection counts as broken (TCP_USER_TIMEOUT, tcp(7)). A receiver
    /// that has stopped reading counts too, so that this is also how long one may stand still.
    public var timeout = Duration.seconds(300)

    public init(addresses: [HostPort], tls: TLSSettings? = nil) {
        self.addresses = addresses
        self.tls = tls
    }

    /// For people.
    var destination: String { addresses.map(\.description).joined(separator: ",") }
}

/// How a receiver is known, and how the program is known to it. Files are read anew when they have changed, for the next connection.
public struct TLSSettings: Sendable, Equatable {
    public enum Verification: String, Sendable, CaseIterable {
        /// The certificate's chain, and that it was made for this host (RFC 9525).
        case full
        /// The chain alone.
        case ca
        /// Nothing: anybody in between can read and take the audits.
        case none
    }

    public enum Version: String, Sendable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// PEM, one certificate or more; `nil` trusts the system's.
    public var caFile: String?
    /// PEM: the program's own certificate and what leads from it to an authority. Both or neither.
    public var certificateFile: String?
    public var privateKeyFile: String?
    /// The name that the certificate must be for; `nil` is the host's.
    public var serverName: String?
    public var verification = Verification.full
    public var minimumVersion = Version.tls12

    public init() {}
}
