import AuditCore
import Testing

@testable import AuditAPI

@Suite struct ErrorAnswerTests {
    private static func kind(_ response: APIResponse) -> AuditAPIError.Kind {
        ErrorAnswer.error(response, of: .realtimeQuery).kind
    }

    @Test(arguments: [
        (400, AuditAPIError.Kind.badRequest, false), (401, .unauthorized, false), (403, .forbidden, false),
        (404, .notFound, false), (408, .timeout, true), (409, .unexpected(status: 409), false), (413, .tooLarge, false),
        (415, .unexpected(status: 415), false), (429, .rateLimited(wait: nil), true), (500, .server(status: 500), true),
        (502, .server(status: 502), true), (503, .server(status: 503), true), (504, .timeout, true),
        (301, .unexpected(status: 301), false),
    ])
    func `each status has its kind, with any body`(status: Int, kind: AuditAPIError.Kind, isTransient: Bool) {
        for body in ["", "<html><body>Bad Gateway</body></html>", #"{"message":"no","status":1}"#, "{\"message\":"] {
            let error = ErrorAnswer.error(.json(body, status: status), of: .realtimeQuery)
            #expect(error.kind == kind)
            #expect(error.isTransient == isTransient)
            #expect(error.status == status)
        }
    }

    @Test func `a page that is too large is known by its code`() {
        let response = APIResponse.json(#"{"code":"response.entity.too.large","status":400}"#, status: 400)
        #expect(ErrorAnswerTests.kind(response) == .tooLarge)
    }

    @Test func `the body and the correlation id are kept`() {
        let body = #"""
            {"message":"missing the following permission(s): audits:audit:view","code":"missing.permissions","status":403,
             "contextId":"ctx-1","details":[{"errorCode":"e","fieldName":"f"}],"errors":[{"code":"inner"}],
             "limit":{"key":"k","namespace":"new.namespace","value":300},"future":true}
            """#
        let response = APIResponse.json(body, status: 403, headers: ["ININ-Correlation-Id": "cor-1"])
        let error = ErrorAnswer.error(response, of: .realtimeQuery)
        #expect(error.body?.code == "missing.permissions")
        #expect(error.body?.contextId == "ctx-1")
        #expect(error.body?.details?.first?.fieldName == "f")
        #expect(error.body?.errors?.first?.code == "inner")
        #expect(error.body?.limit?.namespace == "new.namespace")
        #expect(error.body?.additional == ["future": .bool(true)])
        #expect(error.correlationID == "cor-1")
        #expect(error.description.contains("audits:audit:view"))
        #expect(error.description.contains("cor-1"))
    }

    @Test func `a message of the network cannot write over the terminal or fill the log`() {
        let body = "{\"message\":\"\\u001b[2J\\n\\u202e" + String(repeating: "x", count: 5000) + "\"}"
        let text = ErrorAnswer.error(.json(body, status: 500), of: .realtimeQuery).description
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202e })
        #expect(text.count < 400)
    }
}

@Suite struct RateLimitTests {
    private static func wait(_ body: String, _ headers: HeaderFields = [:]) -> Duration? {
        let error = ErrorAnswer.error(.json(body, status: 429, headers: headers), of: .realtimeQuery)
        guard case .rateLimited(let wait) = error.kind else { return nil }
        return wait
    }

    private static let message = #"{"message":"Rate limit exceeded the maximum. Retry the request in [3] seconds"}"#

    @Test func `Retry-After comes first`() {
        #expect(RateLimitTests.wait(RateLimitTests.message, ["RETRY-AFTER": "5", "inin-ratelimit-reset": "61"]) == .seconds(5))
    }

    @Test func `then the seconds in brackets`() {
        #expect(RateLimitTests.wait(RateLimitTests.message, ["inin-ratelimit-reset": "61"]) == .seconds(3))
        let other = #"{"message":"Rate limit exceeded the maximum [300] requests within [60] seconds"}"#
        #expect(RateLimitTests.wait(other) == .seconds(60))
    }

    @Test func `then the end of the window, and then nothing is known`() {
        #expect(RateLimitTests.wait("<html>slow down</html>", ["inin-ratelimit-reset": "61"]) == .seconds(61))
        #expect(RateLimitTests.wait("") == nil)
        #expect(RateLimitTests.wait(#"{"message":"[soon] or [later"}"#) == nil)
    }

    @Test(arguments: ["-5", "", "1.5", "soon", "٣"])
    func `a Retry-After that is no number of seconds is passed over`(text: String) {
        #expect(RateLimitTests.wait(RateLimitTests.message, ["retry-after": text]) == .seconds(3))
    }

    @Test func `a Retry-After of hours is told, and one without end is bounded`() {
        #expect(RateLimitTests.wait("", ["retry-after": "14400"]) == .seconds(14_400))
        #expect(RateLimitTests.wait("", ["retry-after": "99999999999999999999"]) == .seconds(366 * 86_400))
    }

    @Test func `a Retry-After that is a date counts from the server's clock`() {
        let headers: HeaderFields = [
            "Date": "Mon, 02 Mar 2026 08:15:04 GMT", "Retry-After": "Mon, 02 Mar 2026 08:15:34 GMT",
        ]
        #expect(RateLimitTests.wait("", headers) == .seconds(30))
    }

    @Test func `the three headers are read whatever the case of their names`() {
        let response = APIResponse(
            status: 200, headers: ["Inin-RateLimit-Allowed": "300", "ININ-RATELIMIT-COUNT": "7", "inin-ratelimit-reset": "12"])
        #expect(response.rateLimit == RateLimit(allowed: 300, count: 7, reset: .seconds(12)))
        #expect(APIResponse(status: 200, headers: ["inin-ratelimit-count": "x"]).rateLimit == nil)
    }
}
