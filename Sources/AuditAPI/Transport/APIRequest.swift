/// One HTTP request of this library, as a transport gets it.
///
/// The header fields may hold the bearer token or the client secret, and a download's address holds its signature: never log
/// either. The description of a request shows neither.
public struct APIRequest: Sendable {
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
    }

    /// What the request is for; a transport may count, limit and measure by it.
    public let endpoint: Endpoint
    public let method: Method
    /// Absolute, `https` (or `http` where the API itself was given so).
    public let url: String
    /// In the order to send; one field a name.
    public var headers: [(name: String, value: String)]
    /// Empty for a request without a body.
    public let body: [UInt8]
    /// The time for the whole exchange, from connecting to the last byte of the body. For a stream: for connecting and the
    /// header, and then again for each wait for more bytes.
    public let timeout: Duration
    /// The most bytes of a decompressed body that a transport may hold.
    public let bodyLimit: Int

    public init(
        endpoint: Endpoint, method: Method, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration = APIRequest.defaultTimeout, bodyLimit: Int = APIRequest.defaultBodyLimit
    ) {
        self.endpoint = endpoint
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }

    public static let defaultTimeout: Duration = .seconds(60)
    /// 64 MiB: a page of 500 audits is under 1 MiB, with room for audits of a hundred times their usual size.
    public static let defaultBodyLimit = 64 << 20
}

extension APIRequest: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(method.rawValue) \(endpoint.rawValue)" }
    public var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint.rawValue]) }
}
