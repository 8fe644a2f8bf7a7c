import AsyncHTTPClient
import AuditCore
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Makes one kind of error of the many that a connection can fail with.
enum HTTPFailure {
    static func classified<Value>(
        isolation: isolated (any Actor)? = #isolation, _ exchange: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await exchange()
        } catch let error as AuditAPIError {
            throw error
        } catch {
            throw classify(error)
        }
    }

    static func classify(_ error: any Error) -> AuditAPIError {
        switch error {
        case is CancellationError: AuditAPIError(.cancelled, "the request was cancelled")
        case let error as HTTPClientError: classify(error)
        case is NIOTooManyBytesError: AuditAPIError(.malformed, "the answer is larger than its limit")
        case let error as NIOConnectionError: AuditAPIError(.connection, cause(error))
        case let error as IOError: AuditAPIError(.connection, cause(error))
        case is ChannelError: AuditAPIError(.connection, "the connection failed: \(VisibleText.cut("\(error)"))")
        default: classifyByType(error)
        }
    }

    private static func classify(_ error: HTTPClientError) -> AuditAPIError {
        switch error {
        case .cancelled: AuditAPIError(.cancelled, "the request was cancelled")
        case .connectTimeout: AuditAPIError(.timeout, "no connection within the connect timeout")
        case .tlsHandshakeTimeout: AuditAPIError(.timeout, "no TLS handshake within the connect timeout")
        case .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout:
            AuditAPIError(.timeout, "no complete answer in time")
        case .remoteConnectionClosed, .uncleanShutdown:
            AuditAPIError(.connection, "the server closed the connection before its answer was complete")
        default: AuditAPIError(.connection, "the exchange failed: \(VisibleText.cut(error.shortDescription))")
        }
    }

    /// The TLS library's and the decompressor's error types are not in reach of this target; their names are stable.
    private static func classifyByType(_ error: any Error) -> AuditAPIError {
        let type = String(describing: type(of: error))
        if type.contains("SSL") || type.contains("TLS") {
            return AuditAPIError(.connection, "TLS failed: \(VisibleText.cut("\(error)"))")
        }
        if type.contains("Decompression") {
            return AuditAPIError(.malformed, "the answer cannot be decompressed")
        }
        return AuditAPIError(.connection, "the exchange failed: \(VisibleText.cut("\(type): \(error)"))")
    }

    private static func cause(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil, error.dnsAAAAError != nil {
            return "the name '\(error.host)' cannot be resolved"
        }
        guard let last = error.connectionErrors.last else {
            return "no connection to '\(error.host):\(error.port)'"
        }
        let reason = (last.error as? IOError).map(cause) ?? VisibleText.cut("\(last.error)")
        return "no connection to '\(error.host):\(error.port)': \(reason)"
    }

    private static func cause(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET: "connection reset by the server"
        case EPIPE: "connection closed by the server"
        case ENETUNREACH, EHOSTUNREACH: "no route to the host"
        default: VisibleText.cut("\(error)")
        }
    }
}
