import AuditCore
import Testing

@testable import Engine

struct BackoffTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `the wait doubles up to its limit, with a jitter of at most half`(seed: UInt64) {
        var backoff = Backoff(first: .milliseconds(500), most: .seconds(60), seed: seed)
        var full = Duration.milliseconds(500)
        for _ in 0..<40 {
            let wait = backoff.failed()
            #expect(wait >= full / 2 && wait <= full, "seed \(seed)")
            full = min(full * 2, .seconds(60))
        }
        #expect(backoff.isFailing)
        backoff.succeeded()
        #expect(!backoff.isFailing)
        let wait = backoff.failed()
        #expect(wait <= .milliseconds(500))
    }

    @Test func `it waits at least as long as it was asked to`() {
        var backoff = Backoff(first: .seconds(1), most: .seconds(60), seed: 1)
        expect(backoff.failed(asked: .seconds(170)), is: .seconds(170))
        expect(backoff.failed(asked: .seconds(30 * 86_400)), is: .seconds(86_400))
    }

    @Test func `a lane is polled sooner while audits flow and later while nothing happens`() {
        var pace = PollPace(interval: .seconds(15))
        expect(pace.wait(after: 3), is: .seconds(5))
        for wait in [15, 15, 15, 30, 30] { expect(pace.wait(after: 0), is: .seconds(wait)) }
        expect(pace.wait(after: 1), is: .seconds(5))
        expect(pace.wait(after: 0), is: .seconds(15))
    }
}
