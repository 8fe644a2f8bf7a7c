import AuditCore
import FoundationEssentials

/// The seven operations of the vendor's AuditApi, for one organization.
///
/// A value that is cheap to copy; all copies share the token. Safe to use from many tasks at once. Every operation throws
/// ``AuditAPIError``, and nothing else but what a transport of the user's own throws. Nothing is retried, but for one new token
/// after a 401. Cancelling the calling task ends the request with an error of kind `cancelled`.
public struct AuditAPIClient: Sendable {
    /// The bounds of one request.
    public struct Limits: Sendable, Equatable {
        /// For a whole exchange; for a download, for the header and then for each wait for more.
        public var timeout: Duration = APIRequest.defaultTimeout
        /// Bytes of a decompressed answer.
        public var body: Int = APIRequest.defaultBodyLimit
        /// Bytes of one decompressed download: an answer that never ends is none.
        public var download: Int = 16 << 30

        public init() {}
    }

    public let endpoints: Endpoints
    public let limits: Limits
    let transport: any HTTPTransport
    let tokens: TokenSource
    let clock: APIClock
    let userAgent: String

    /// - Parameters:
    ///   - transport: Carries every request, also those for tokens. It stays the caller's to shut down.
    ///   - userAgent: Sent to the API, so that its people know who calls.
    public init(
        endpoints: Endpoints, credentials: Credentials, transport: any HTTPTransport, limits: Limits = Limits(),
        clock: APIClock = .continuous, userAgent: String = "auditferry"
    ) {
        self.endpoints = endpoints
        self.limits = limits
        self.transport = transport
        self.clock = clock
        self.userAgent = userAgent
        tokens = TokenSource(endpoints, credentials, transport, timeout: limits.timeout, clock: clock)
    }

    /// Gets a token, or does nothing while there is one: tells whether the credentials are good.
    public func authenticate() async throws {
        _ = try await Failing.in(.token) { try await tokens.grant() }
    }
}

/// Gives an error its endpoint, and cancellation its kind.
enum Failing {
    static func `in`<Value>(
        _ endpoint: Endpoint, isolation: isolated (any Actor)? = #isolation, _ act: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await act()
        } catch is CancellationError {
            throw AuditAPIError(.cancelled, "the request was cancelled", endpoint: endpoint)
        } catch var error as AuditAPIError {
            error.endpoint = error.endpoint ?? endpoint
            throw error
        }
    }
}
