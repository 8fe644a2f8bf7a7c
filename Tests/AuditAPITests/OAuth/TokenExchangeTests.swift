import AuditCore
import Testing

@testable import AuditAPI

@Suite struct TokenExchangeTests {
    private static let credentials = Credentials(clientID: "client", secret: Secret("s3cr3t"))

    private static func failure(_ response: APIResponse) -> AuditAPIError? {
        do {
            _ = try TokenExchange.token(response, credentials)
            return nil
        } catch {
            return error as? AuditAPIError
        }
    }

    @Test func `a token lives as long as the answer says`() throws {
        let token = try TokenExchange.token(.token("abc", lifetime: 86_399), TokenExchangeTests.credentials)
        #expect(token == Token(value: Secret("abc"), lifetime: .seconds(86_399)))
    }

    @Test func `a lifetime is bounded, and one that is missing is the shortest`() throws {
        let endless = try TokenExchange.token(.token("abc", lifetime: .max), TokenExchangeTests.credentials)
        #expect(endless.lifetime == .seconds(172_800))
        let negative = try TokenExchange.token(.token("abc", lifetime: -5), TokenExchangeTests.credentials)
        #expect(negative.lifetime == .zero)
        let unknown = try TokenExchange.token(.json(#"{"access_token":"abc"}"#), TokenExchangeTests.credentials)
        #expect(unknown.lifetime == .seconds(300))
    }

    @Test(arguments: [400, 401])
    func `a refused client is credentialsRefused, whatever the status`(status: Int) throws {
        let body = #"{"error":"invalid_client","error_description":"client s3cr3t not found: Basic Y2xpZW50OnMzY3IzdA=="}"#
        let error = try #require(TokenExchangeTests.failure(.json(body, status: status)))
        #expect(error.kind == .credentialsRefused)
        #expect(error.description.contains("invalid_client"))
        #expect(!error.description.contains("s3cr3t"))
        #expect(!error.description.contains("Y2xpZW50OnMzY3IzdA=="))
        #expect(!error.isTransient)
    }

    @Test func `a 401 without a body is credentialsRefused too`() {
        #expect(TokenExchangeTests.failure(APIResponse(status: 401))?.kind == .credentialsRefused)
    }

    @Test(arguments: [
        "", "<html>welcome to the hotel</html>", "{}", #"{"access_token":""}"#, #"{"access_token":7}"#,
        "{\"access_token\":\"a\\r\\nX-Evil: 1\"}", #"{"access_token":"a","token_type":"mac"}"#, #"{"access_token":"abc"#,
    ])
    func `an answer without a usable token is malformed`(body: String) {
        #expect(TokenExchangeTests.failure(.json(body))?.kind == .malformed)
    }

    @Test func `a rate limit of the login host tells the wait`() {
        let response = APIResponse(status: 429, headers: ["Retry-After": "7"])
        #expect(TokenExchangeTests.failure(response)?.kind == .rateLimited(wait: .seconds(7)))
    }
}
