import AuditCore
import FoundationEssentials

/// A bearer token, and how long the login host says it lives.
struct Token: Sendable, Equatable {
    let value: Secret
    let lifetime: Duration

    /// Where the answer tells no lifetime: the shortest that an OAuth client can be set to.
    static let shortestLifetime: Duration = .seconds(300)
    /// The longest that an OAuth client can be set to.
    static let longestLifetime: Duration = .seconds(172_800)
}

/// `POST /oauth/token` (RFC 6749 section 4.4): the request, and what its answer means.
enum TokenExchange {
    private static let largestBody = 1 << 20

    static func request(_ endpoints: Endpoints, _ credentials: Credentials, timeout: Duration) -> APIRequest {
        APIRequest(
            endpoint: .token, method: .post, url: endpoints.login + "/oauth/token",
            headers: [
                ("Authorization", credentials.authorization), ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
            ],
            body: Array("grant_type=client_credentials".utf8), timeout: timeout, bodyLimit: largestBody)
    }

    static func token(_ response: APIResponse, _ credentials: Credentials) throws -> Token {
        guard response.isSuccess else { throw failure(response, credentials) }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)),
            let value = answer.token, isToken(value), answer.type?.lowercased() ?? "bearer" == "bearer"
        else {
            throw AuditAPIError(
                .malformed, "the login host's answer holds no bearer token", endpoint: .token, metadata: response.metadata)
        }
        let lifetime = answer.lifetime.map { Duration.seconds(max(0, $0)) } ?? Token.shortestLifetime
        return Token(value: Secret(value), lifetime: min(lifetime, Token.longestLifetime))
    }

    /// It becomes part of a header, so nothing may stand in it that ends one.
    private static func isToken(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private static func failure(_ response: APIResponse, _ credentials: Credentials) -> AuditAPIError {
        let general = ErrorAnswer.error(response, of: .token)
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body))
        guard response.status == 401 || (response.status == 400 && refusal?.error != nil) else { return general }
        let secrets = [credentials.secret.reveal(), credentials.authorization]
        let reasons = [refusal?.error, refusal?.description ?? general.body?.message].compactMap(\.self)
        let reason = reasons.map { ": " + VisibleText.cut($0, hiding: secrets) }.joined()
        return AuditAPIError(
            .credentialsRefused, "the login host refused the client '\(VisibleText.cut(credentials.clientID))'\(reason)",
            endpoint: .token, metadata: response.metadata)
    }

    private struct Answer: Decodable {
        let token: String?
        let type: String?
        let lifetime: Int?

        enum CodingKeys: String, CodingKey {
            case token = "access_token"
            case type = "token_type"
            case lifetime = "expires_in"
        }
    }

    /// RFC 6749 section 5.2.
    private struct Refusal: Decodable {
        let error: String?
        let description: String?

        enum CodingKeys: String, CodingKey {
            case error
            case description = "error_description"
        }
    }
}
