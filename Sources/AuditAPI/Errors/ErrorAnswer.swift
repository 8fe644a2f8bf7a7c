import AuditCore
import FoundationEssentials

/// Makes an error of an answer that is no success. The body may be the API's JSON, a gateway's HTML, or nothing.
enum ErrorAnswer {
    /// An error body is small; what is larger is not parsed.
    private static let largestBody = 1 << 20

    static func error(_ response: APIResponse, of endpoint: Endpoint) -> AuditAPIError {
        let body = parse(response.body)
        let kind = kind(response, body)
        return AuditAPIError(
            kind, message(response.status, body), endpoint: endpoint, metadata: response.metadata, body: body)
    }

    private static func parse(_ bytes: [UInt8]) -> ErrorBody? {
        guard !bytes.isEmpty, bytes.count <= largestBody else { return nil }
        return try? JSONDecoder().decode(ErrorBody.self, from: Data(bytes))
    }

    private static func kind(_ response: APIResponse, _ body: ErrorBody?) -> AuditAPIError.Kind {
        if body?.code == "response.entity.too.large" || body?.code == "request.entity.too.large" { return .tooLarge }
        switch response.status {
        case 400: return .badRequest
        case 401: return .unauthorized
        case 403: return .forbidden
        case 404: return .notFound
        case 408, 504: return .timeout
        case 413: return .tooLarge
        case 429: return .rateLimited(wait: RateLimitWait.wait(response, body))
        case 500...599: return .server(status: response.status)
        default: return .unexpected(status: response.status)
        }
    }

    private static func message(_ status: Int, _ body: ErrorBody?) -> String {
        let text = body?.message.map(VisibleText.cut)
        let code = body?.code.map(VisibleText.cut)
        switch (text, code) {
        case (let text?, let code?): return "the API answered \(status) '\(code)': \(text)"
        case (let text?, nil): return "the API answered \(status): \(text)"
        case (nil, let code?): return "the API answered \(status) '\(code)'"
        case (nil, nil): return "the API answered \(status)"
        }
    }
}
