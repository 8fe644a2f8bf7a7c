import AsyncHTTPClient
import AuditCore
import NIOCore
import NIOHTTP1

/// The transport over AsyncHTTPClient: pooled connections, HTTP/1.1 or HTTP/2, TLS by the system's certificates, gzip.
///
/// Call ``shutdown()`` once, after the last request; a transport that is let go without it stops the program in debug builds.
public final class AsyncHTTPTransport: HTTPTransport {
    public struct Options: Sendable {
        /// For the name lookup, the connection and the TLS handshake.
        public var connectTimeout: Duration = .seconds(10)
        /// An HTTP proxy that is asked to `CONNECT`.
        public var proxy: Proxy?

        public init(proxy: Proxy? = nil) { self.proxy = proxy }
    }

    public struct Proxy: Sendable, Equatable {
        public let host: String
        public let port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// What deflate can reach (1032 to 1). The body limit bounds what is held; this refuses what is no honest gzip.
    private static let decompressionRatio = 1100

    private let client: HTTPClient

    public init(_ options: Options = Options()) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // The client's own read timeout runs on while the reader of a stream is busy elsewhere, so each wait has a deadline here instead.
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: .milliseconds(options.connectTimeout.wholeMilliseconds), read: nil)
        // Left on, a refused connection is tried again until the deadline.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .enabled(limit: .ratio(AsyncHTTPTransport.decompressionRatio))
        configuration.proxy = options.proxy.map { .server(host: $0.host, port: $0.port) }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func shutdown() async throws {
        try await client.shutdown()
    }

    public func execute(_ request: APIRequest) async throws -> APIResponse {
        try await HTTPFailure.classified {
            try await Deadline.run(within: request.timeout) { [client] in
                let answer = try await client.execute(request.forClient, timeout: .hours(1))
                return try await AsyncHTTPTransport.collect(answer, limit: request.bodyLimit)
            }
        }
    }

    public func stream(_ request: APIRequest) async throws -> APIStream {
        try await HTTPFailure.classified {
            try await Deadline.run(within: request.timeout) { [client] in
                let answer = try await client.execute(request.forClient, timeout: .hours(1))
                guard (200..<300).contains(Int(answer.status.code)) else {
                    let whole = try await AsyncHTTPTransport.collect(answer, limit: request.bodyLimit)
                    return APIStream(response: whole, chunks: NoChunks())
                }
                let head = APIResponse(status: Int(answer.status.code), headers: answer.headers.fields)
                return APIStream(response: head, chunks: BodyChunks(answer.body, timeout: request.timeout))
            }
        }
    }

    private static func collect(_ answer: HTTPClientResponse, limit: Int) async throws -> APIResponse {
        let body = try await answer.body.collect(upTo: limit)
        return APIResponse(
            status: Int(answer.status.code), headers: answer.headers.fields, body: Array(body.readableBytesView))
    }
}

/// The body of one streamed answer. An actor, since the client's iterator is for one reader.
private actor BodyChunks: ByteChunks {
    /// Unchecked: only the actor's one running `next` touches the iterator.
    private final class Iterator: @unchecked Sendable {
        var base: HTTPClientResponse.Body.AsyncIterator
        init(_ base: HTTPClientResponse.Body.AsyncIterator) { self.base = base }
    }

    private let timeout: Duration
    /// `nil` while a read is under way and after the end.
    private var iterator: Iterator?

    init(_ body: HTTPClientResponse.Body, timeout: Duration) {
        self.timeout = timeout
        iterator = Iterator(body.makeAsyncIterator())
    }

    func next() async throws -> [UInt8]? {
        guard let current = iterator else { return nil }
        iterator = nil
        let chunk = try await HTTPFailure.classified {
            try await Deadline.run(within: timeout) {
                try await current.base.next().map { Array($0.readableBytesView) }
            }
        }
        if chunk != nil { iterator = current }
        return chunk
    }
}

extension APIRequest {
    fileprivate var forClient: HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = method == .get ? .GET : .POST
        for field in headers { request.headers.add(name: field.name, value: field.value) }
        request.headers.add(name: "Accept-Encoding", value: "gzip")
        if method == .post { request.body = .bytes(ByteBuffer(bytes: body)) }
        return request
    }
}

extension HTTPHeaders {
    fileprivate var fields: HeaderFields { HeaderFields(map { ($0.name, $0.value) }) }
}
