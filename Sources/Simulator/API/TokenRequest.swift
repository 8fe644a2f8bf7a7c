import FoundationEssentials

/// `POST /oauth/token` with the grant `client_credentials` (RFC 6749 section 4.4): the id and the secret stand in a Basic header or
/// in the form, the grant type in the form or in the query.
struct TokenRequest: Sendable, Equatable {
    enum Problem: String, Error {
        case invalidRequest = "invalid_request"
        case unsupportedGrant = "unsupported_grant_type"
        case invalidClient = "invalid_client"
    }

    let clientID: String
    let clientSecret: String

    init(_ exchange: Exchange) throws(Problem) {
        let form = TokenRequest.form(exchange.body) + exchange.query
        guard let grant = form.first(where: { $0.name == "grant_type" })?.value else { throw .invalidRequest }
        guard grant == "client_credentials" else { throw .unsupportedGrant }
        if let header = exchange.authorization {
            guard let (id, secret) = TokenRequest.basic(header) else { throw .invalidClient }
            (clientID, clientSecret) = (id, secret)
            return
        }
        guard let id = form.first(where: { $0.name == "client_id" })?.value,
            let secret = form.first(where: { $0.name == "client_secret" })?.value
        else { throw .invalidClient }
        (clientID, clientSecret) = (id, secret)
    }

    private static func basic(_ header: String) -> (String, String)? {
        guard let encoded = Tokens.credentials(header, scheme: "basic"), let data = Data(base64Encoded: encoded) else {
            return nil
        }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// `application/x-www-form-urlencoded`.
    static func form(_ body: [UInt8]) -> [(name: String, value: String)] {
        String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(decoded)
            return (sides[0], sides.count == 2 ? sides[1] : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The query of a request's target, decoded in the same way.
    static func query(_ text: Substring) -> [(name: String, value: String)] { form(Array(text.utf8)) }
}

extension TokenRequest.Problem {
    var answer: Answer {
        var text = JSONText()
        text.raw(#"{"error":""#)
        text.raw(rawValue)
        text.raw(#"","description":"#)
        text.string(
            self == .invalidClient ? "client not found or secret does not match" : "grant_type must be client_credentials")
        text.raw(#","error_description":"#)
        text.string(
            self == .invalidClient ? "client not found or secret does not match" : "grant_type must be client_credentials")
        text.raw("}")
        return Answer(status: self == .invalidClient ? 401 : 400, text)
    }
}
