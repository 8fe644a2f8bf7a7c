import AuditAPI
import NIOConcurrencyHelpers

/// A transport without a network: it records what it is asked, and answers what the test says.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = @Sendable (_ request: APIRequest, _ number: Int) async throws -> APIResponse

    private let recorded = NIOLockedValueBox<[APIRequest]>([])
    private let answer: Answer
    private let chunkSize: Int

    /// `number` counts the requests of one endpoint, from 1. Streams come in chunks of `chunkSize` bytes.
    init(chunkSize: Int = 1000, _ answer: @escaping Answer) {
        self.chunkSize = chunkSize
        self.answer = answer
    }

    /// Answers every request for a token, and the other requests one after the other; the last answer repeats.
    convenience init(_ answers: APIResponse...) {
        let served = NIOLockedValueBox(0)
        self.init { request, _ in
            if request.endpoint == .token { return .token("t") }
            let index = served.withLockedValue { count in
                defer { count += 1 }
                return count
            }
            return answers[min(index, answers.count - 1)]
        }
    }

    var requests: [APIRequest] { recorded.withLockedValue { $0 } }
    func requests(_ endpoint: Endpoint) -> [APIRequest] { requests.filter { $0.endpoint == endpoint } }

    func execute(_ request: APIRequest) async throws -> APIResponse {
        let number = recorded.withLockedValue { requests in
            requests.append(request)
            return requests.count { $0.endpoint == request.endpoint }
        }
        return try await answer(request, number)
    }

    func stream(_ request: APIRequest) async throws -> APIStream {
        let whole = try await execute(request)
        guard whole.isSuccess else { return APIStream(response: whole, chunks: NoChunks()) }
        let head = APIResponse(status: whole.status, headers: whole.headers)
        return APIStream(response: head, chunks: Chunks(whole.body, size: chunkSize))
    }

    private actor Chunks: ByteChunks {
        private var rest: ArraySlice<UInt8>
        private let size: Int

        init(_ bytes: [UInt8], size: Int) {
            rest = bytes[...]
            self.size = size
        }

        func next() -> [UInt8]? {
            let chunk = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            return chunk.isEmpty ? nil : chunk
        }
    }
}

extension APIResponse {
    static func json(_ text: String, status: Int = 200, headers: HeaderFields = [:]) -> APIResponse {
        APIResponse(status: status, headers: headers, body: Array(text.utf8))
    }

    static func token(_ value: String, lifetime: Int = 86_399) -> APIResponse {
        .json(#"{"access_token":"\#(value)","token_type":"bearer","expires_in":\#(lifetime)}"#)
    }

    static let noAudits = APIResponse.json(#"{"entities":[],"pageNumber":1,"pageSize":25,"total":0,"pageCount":0}"#)
}

extension APIRequest {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
    var bodyText: String { String(decoding: body, as: UTF8.self) }
}
