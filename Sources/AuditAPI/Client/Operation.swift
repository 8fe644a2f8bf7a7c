import AuditCore
import FoundationEssentials

/// One of the seven operations, ready to be sent: everything but the token.
struct Operation {
    let endpoint: Endpoint
    let method: APIRequest.Method
    let path: String
    var query: [(name: String, value: String)] = []
    var body: [UInt8] = []

    func request(_ client: AuditAPIClient, token: Secret) -> APIRequest {
        var headers = [
            (name: "Authorization", value: "Bearer " + token.reveal()), (name: "Accept", value: "application/json"),
            (name: "User-Agent", value: client.userAgent),
        ]
        if method == .post { headers.append((name: "Content-Type", value: "application/json")) }
        return APIRequest(
            endpoint: endpoint, method: method, url: client.endpoints.api + "/api/v2/audits/query" + path + queryText,
            headers: headers, body: body, timeout: client.limits.timeout, bodyLimit: client.limits.body)
    }

    private var queryText: String {
        let items = query.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }
        return items.isEmpty ? "" : "?" + items.joined(separator: "&")
    }

    static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

/// RFC 3986 section 2: everything but the unreserved characters, so that a value can be neither path nor query of its own.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

extension AuditAPIClient {
    /// Sends an operation with a token; after a 401 once more, with a new one. Returns 2xx, and 302 where `allowRedirect` asks for it.
    func send(_ operation: Operation, orRedirect: Bool = false) async throws -> APIResponse {
        try await Failing.in(operation.endpoint) {
            let grant = try await tokens.grant()
            var response = try await transport.execute(operation.request(self, token: grant.token))
            if response.status == 401 {
                await tokens.refused(grant)
                let other = try await tokens.grant()
                response = try await transport.execute(operation.request(self, token: other.token))
            }
            guard response.isSuccess || (orRedirect && response.status == 302) else {
                throw ErrorAnswer.error(response, of: operation.endpoint)
            }
            return response
        }
    }

    /// The answer as a model.
    func decode<Model: Decodable>(_ type: Model.Type, _ response: APIResponse, of endpoint: Endpoint) throws -> Model {
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            // The decoder's own words may quote the answer.
            throw AuditAPIError(
                .malformed, "the answer is not the JSON that the API documents", endpoint: endpoint, metadata: response.metadata)
        }
    }

    /// The answer as a page of audits, cut but not decoded.
    func scan(_ response: APIResponse, of endpoint: Endpoint) throws -> PageScan {
        do throws(ScanFailure) {
            return try PageScan(response.body.span)
        } catch {
            let cause = "\(error.reason.rawValue), at byte \(error.position)"
            throw malformed("the answer is no page of audits: \(cause)", response, endpoint)
        }
    }

    func malformed(_ message: String, _ response: APIResponse, _ endpoint: Endpoint) -> AuditAPIError {
        AuditAPIError(.malformed, message, endpoint: endpoint, metadata: response.metadata)
    }
}
