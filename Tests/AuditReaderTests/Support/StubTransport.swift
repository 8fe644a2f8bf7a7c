import AuditAPI
import NIOConcurrencyHelpers

/// A transport without a network: it notes the requests in the order of their sending, and answers as it is told.
final class StubTransport: HTTPTransport {
    private let noted = NIOLockedValueBox<[APIRequest]>([])
    private let answer: @Sendable (_ request: APIRequest) async throws -> APIResponse

    /// - Parameter answer: to every request; an empty 200 otherwise.
    init(_ answer: @escaping @Sendable (APIRequest) async throws -> APIResponse = { _ in APIResponse(status: 200) }) {
        self.answer = answer
    }

    var requests: [APIRequest] { noted.withLockedValue { $0 } }

    func execute(_ request: APIRequest) async throws -> APIResponse {
        noted.withLockedValue { $0.append(request) }
        return try await answer(request)
    }

    func stream(_ request: APIRequest) async throws -> APIStream {
        APIStream(response: try await execute(request), chunks: NoChunks())
    }
}

extension APIRequest {
    static func to(_ endpoint: Endpoint, named name: String = "") -> APIRequest {
        APIRequest(endpoint: endpoint, method: .get, url: "https://api.test/\(name)")
    }

    /// What `to` called it.
    var name: String { url.split(separator: "/").last.map(String.init) ?? "" }
}
