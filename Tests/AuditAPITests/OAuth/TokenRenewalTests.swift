import AuditCore
import Testing

@testable import AuditAPI

@Suite struct TokenRenewalTests {
    private static func renewal(lifetime: Duration) -> TokenRenewal {
        var renewal = TokenRenewal()
        _ = renewal.decide(now: .zero)
        renewal.renewed(Token(value: Secret("a"), lifetime: lifetime), now: .zero)
        return renewal
    }

    @Test func `the first request renews and the others wait`() {
        var renewal = TokenRenewal()
        #expect(renewal.decide(now: .zero) == .renew)
        #expect(renewal.decide(now: .zero) == .wait)
        renewal.renewed(Token(value: Secret("a"), lifetime: .seconds(100)), now: .zero)
        #expect(renewal.decide(now: .seconds(1)) == .use(Secret("a"), number: 1))
    }

    @Test(arguments: [(86_400, 86_100), (3000, 2700), (1000, 900), (10, 9)])
    func `a token is renewed five minutes or a tenth of its life before its end`(lifetime: Int, renewed: Int) {
        var renewal = TokenRenewalTests.renewal(lifetime: .seconds(lifetime))
        #expect(renewal.decide(now: .seconds(renewed) - .milliseconds(1)) == .use(Secret("a"), number: 1))
        #expect(renewal.decide(now: .seconds(renewed)) == .renew)
    }

    @Test func `while it is renewed the old token serves until its end`() {
        var renewal = TokenRenewalTests.renewal(lifetime: .seconds(1000))
        #expect(renewal.decide(now: .seconds(950)) == .renew)
        #expect(renewal.decide(now: .seconds(951)) == .use(Secret("a"), number: 1))
        #expect(renewal.decide(now: .seconds(1000)) == .wait)
    }

    @Test func `after a failed renewal the old token serves, and the next attempt waits a little`() {
        var renewal = TokenRenewalTests.renewal(lifetime: .seconds(1000))
        #expect(renewal.decide(now: .seconds(900)) == .renew)
        #expect(renewal.failed(now: .seconds(901)) == .use(Secret("a"), number: 1))
        #expect(renewal.decide(now: .seconds(930)) == .use(Secret("a"), number: 1))
        #expect(renewal.decide(now: .seconds(931)) == .renew)
        #expect(renewal.failed(now: .seconds(1000)) == nil)
        #expect(renewal.decide(now: .seconds(1000)) == .renew)
    }

    @Test func `a refused token is forgotten`() {
        var renewal = TokenRenewalTests.renewal(lifetime: .seconds(1000))
        renewal.refused(number: 1)
        #expect(renewal.decide(now: .seconds(1)) == .renew)
    }

    @Test func `the refusal of an older token leaves the newer one alone`() {
        var renewal = TokenRenewalTests.renewal(lifetime: .seconds(1000))
        renewal.refused(number: 1)
        _ = renewal.decide(now: .seconds(1))
        renewal.renewed(Token(value: Secret("b"), lifetime: .seconds(1000)), now: .seconds(1))
        renewal.refused(number: 1)
        #expect(renewal.decide(now: .seconds(2)) == .use(Secret("b"), number: 2))
    }
}
