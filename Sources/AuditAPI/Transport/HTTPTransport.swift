/// Carries requests to the API. Every request of the library goes through one transport, tokens and downloads too, so that a
/// decorator sees, limits and measures all of them.
///
/// A transport follows no redirect, retries nothing, and answers every HTTP status as an ``APIResponse``. It throws an
/// ``AuditAPIError`` of kind `connection`, `timeout`, `malformed` (the body passes its limit) or `cancelled` when there is no
/// complete answer. Errors of other types pass through the client unchanged, but for a `CancellationError`, which becomes `cancelled`.
/// Safe to call from many tasks at once. Cancelling the calling task ends the exchange.
public protocol HTTPTransport: Sendable {
    /// The whole exchange, within `request.timeout`, with at most `request.bodyLimit` bytes of body.
    func execute(_ request: APIRequest) async throws -> APIResponse

    /// The answer's header, and a 2xx body as a stream. `request.timeout` bounds the time to the header, and then each wait
    /// for more bytes; the time between two reads is the reader's own. Another status comes with its bounded body.
    func stream(_ request: APIRequest) async throws -> APIStream
}

/// An answer whose body comes in chunks.
public struct APIStream: Sendable {
    public let response: APIResponse
    /// Ended from the start where the status is not 2xx.
    public let chunks: any ByteChunks

    public init(response: APIResponse, chunks: any ByteChunks) {
        self.response = response
        self.chunks = chunks
    }
}

/// The chunks of one body, in order, for one reader. Letting go of it ends the exchange.
public protocol ByteChunks: Sendable {
    /// The next bytes; `nil` after the last. Throws as ``HTTPTransport`` does, and then never gives bytes again.
    func next() async throws -> [UInt8]?
}

/// A body that has nothing in it.
public struct NoChunks: ByteChunks {
    public init() {}
    public func next() async throws -> [UInt8]? { nil }
}
