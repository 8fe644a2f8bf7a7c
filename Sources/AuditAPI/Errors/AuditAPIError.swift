/// Why a request of this library did not succeed. The library retries nothing but a token once; `isTransient` and the wait of
/// `rateLimited` say what a retry is worth.
///
/// The description holds no secret, no token, no presigned address and nothing of an audit.
public struct AuditAPIError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Hashable {
        /// 400: the request is wrong as it stands, so that repeating it is useless.
        case badRequest
        /// 401 with a token that was made for this very request.
        case unauthorized
        /// The login host refused the client id or the secret.
        case credentialsRefused
        /// 403: a permission is missing (the operations need `audits:audit:view`), or an address is not allowed.
        case forbidden
        /// 404: no such query, or no such audit.
        case notFound
        /// 413, or the code `response.entity.too.large`: ask for less.
        case tooLarge
        /// 429, with the time to wait where the answer tells it. It may be hours.
        case rateLimited(wait: Duration?)
        /// 408, 504, or no complete answer within the request's own deadline.
        case timeout
        /// Any other 5xx.
        case server(status: Int)
        /// Any other status that is no success.
        case unexpected(status: Int)
        /// No complete exchange: name lookup, connection, TLS, or a connection that broke.
        case connection
        /// An answer that is not what the API gives: no JSON, cut off, another schema, over its limit.
        case malformed
        /// The calling task was cancelled.
        case cancelled
        /// An asynchronous query ended otherwise than in success, or was not done within the bound of the wait.
        case queryNotDone(state: QueryState?)
        /// The host of a downloaded file refused the address: it has expired. Ask for the page of results again.
        case downloadRefused(status: Int)
        /// A bound of this library was reached by what should have ended before.
        case bound
    }

    public let kind: Kind
    /// Lower case, subject first; may quote the API's own message.
    public let message: String
    /// What failed; `nil` where the failure belongs to no request.
    public internal(set) var endpoint: Endpoint?
    /// The header's account, where there was an answer.
    public let metadata: ResponseMetadata?
    /// The API's account, where it was JSON.
    public let body: ErrorBody?

    public init(
        _ kind: Kind, _ message: String, endpoint: Endpoint? = nil, metadata: ResponseMetadata? = nil, body: ErrorBody? = nil
    ) {
        self.kind = kind
        self.message = message
        self.endpoint = endpoint
        self.metadata = metadata
        self.body = body
    }

    /// The HTTP status, where there was an answer.
    public var status: Int? { metadata?.status }

    /// What the vendor's support asks for: the header's correlation id, else the context id of the body.
    public var correlationID: String? { metadata?.correlationID ?? body?.contextId.map(VisibleText.cut) }

    /// Whether the same request can succeed later without anybody changing anything.
    public var isTransient: Bool {
        switch kind {
        case .rateLimited, .timeout, .server, .connection, .malformed, .downloadRefused: true
        case .queryNotDone(let state): state == nil || state?.isFinal == false
        case .badRequest, .unauthorized, .credentialsRefused, .forbidden, .notFound, .tooLarge, .unexpected, .cancelled, .bound:
            false
        }
    }
}

extension AuditAPIError: CustomStringConvertible {
    /// One line for people: the message, and the correlation id.
    public var description: String {
        correlationID.map { "\(message) (correlation id \($0))" } ?? message
    }
}
