import AuditCore
import FoundationEssentials
import Testing

@testable import Simulator

@Suite struct TokenTests {
    private func token(_ change: (inout Exchange) -> Void) throws -> (status: Int, page: Page) {
        var exchange = Exchange(method: "POST", path: "/oauth/token")
        change(&exchange)
        let answer = try Bench().simulator.service.reply(to: exchange).answer
        return (answer.status, try Bench.decode(Page.self, answer.body))
    }

    private func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

    @Test func `a token is given for a Basic header and a form`() throws {
        let (status, page) = try token {
            $0.authorization = basic("simulator:simulator")
            $0.body = Array("grant_type=client_credentials".utf8)
        }
        #expect(status == 200)
        #expect(page.tokenType == "bearer")
        #expect(page.expiresIn == 86_399)
    }

    @Test func `the grant may stand in the query, and the client in the form`() throws {
        let inQuery = try token {
            $0.authorization = basic("simulator:simulator")
            $0.query = [("grant_type", "client_credentials")]
        }
        #expect(inQuery.status == 200)
        let inForm = try token {
            $0.body = Array("grant_type=client%5Fcredentials&client_id=simulator&client_secret=simulator".utf8)
        }
        #expect(inForm.status == 200)
    }

    @Test func `a wrong secret, a missing client and another grant are refused as OAuth does`() throws {
        let wrong = try token {
            $0.authorization = basic("simulator:wrong")
            $0.body = Array("grant_type=client_credentials".utf8)
        }
        #expect(wrong.status == 401 && wrong.page.error == "invalid_client")
        let missing = try token { $0.body = Array("grant_type=client_credentials".utf8) }
        #expect(missing.status == 401 && missing.page.error == "invalid_client")
        let grant = try token { $0.body = Array("grant_type=password".utf8) }
        #expect(grant.status == 400 && grant.page.error == "unsupported_grant_type")
        let nothing = try token { _ in }
        #expect(nothing.status == 400 && nothing.page.error == "invalid_request")
    }

    @Test func `a request without a token and one with an unknown token are told apart`() throws {
        let bench = try Bench()
        var exchange = Exchange(method: "GET", path: "/api/v2/audits/query/servicemapping")
        let without = bench.simulator.service.reply(to: exchange).answer
        #expect(without.status == 401)
        #expect(try Bench.decode(Page.self, without.body).code == "authentication.required")
        exchange.authorization = "Bearer nonsense"
        let unknown = bench.simulator.service.reply(to: exchange).answer
        #expect(unknown.status == 401)
        #expect(try Bench.decode(Page.self, unknown.body).code == "bad.credentials")
    }

    @Test func `the second client lacks the permission`() throws {
        let bench = try Bench()
        var exchange = Exchange(method: "POST", path: "/oauth/token")
        exchange.authorization = basic("simulator-without-permission:simulator")
        exchange.body = Array("grant_type=client_credentials".utf8)
        let token = try Bench.decode(Page.self, bench.simulator.service.reply(to: exchange).answer.body).accessToken
        var call = Exchange(method: "GET", path: "/api/v2/audits/query/servicemapping")
        call.authorization = "Bearer \(try #require(token))"
        let answer = bench.simulator.service.reply(to: call).answer
        #expect(answer.status == 403)
        #expect(try Bench.decode(Page.self, answer.body).code == "missing.permissions")
    }

    @Test func `a token ends with its lifetime`() throws {
        let bench = try Bench { $0.tokenLifetime = .seconds(300) }
        bench.clock.move(.milliseconds(299_999))
        #expect(try bench.realtime().status == 200)
        bench.clock.move(.milliseconds(1))
        #expect(try bench.realtime().page.code == "bad.credentials")
    }

    @Test func `a token has its requests a minute, and the headers count them`() throws {
        let bench = try Bench { $0.requestsPerMinute = 3 }
        bench.clock.move(.seconds(20))
        let headers = bench.reply("GET", "/api/v2/audits/query/servicemapping").answer.headers
        #expect(headers.first { $0.name == "inin-ratelimit-count" }?.value == "1")
        #expect(headers.first { $0.name == "inin-ratelimit-allowed" }?.value == "3")
        #expect(headers.first { $0.name == "inin-ratelimit-reset" }?.value == "40")
        _ = try bench.realtime()
        #expect(try bench.realtime().status == 200)
        let refused = bench.reply("GET", "/api/v2/audits/query/servicemapping").answer
        #expect(refused.status == 429)
        #expect(refused.headers.first { $0.name == "Retry-After" }?.value == "40")
        #expect(try Bench.decode(Page.self, refused.body).message?.contains("[40] seconds") == true)
        bench.clock.move(.seconds(40))
        #expect(try bench.realtime().status == 200)
    }

    @Test func `the Date header is the organization's clock`() throws {
        let bench = try Bench()
        let answer = bench.reply("GET", "/api/v2/audits/query/servicemapping").answer
        #expect(answer.headers.first { $0.name == "Date" }?.value == "Mon, 02 Mar 2026 08:15:00 GMT")
        #expect(HTTPDate.text(Instant(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
