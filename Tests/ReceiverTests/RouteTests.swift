import FaultScenes
import TestTraits
import Testing

/// One cell of the table of `auditferry-faults --receivers`, which plays them all: what an acknowledgement by closing is for.
@Suite(.fewAtATime, .timeLimit(.minutes(10)))
struct RouteTests {
    @Test(.needs(.rsyslogd, .openssl))
    func `nothing dies with a receiver that had not acknowledged it by closing`() async throws {
        let route = try #require(Route.all.first { $0.name == "tcp, strict → rsyslog" })
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(route): seed \(seed)")
        let outcome = try await route.play(.stoppedAndKilled, seed: seed)
        #expect(route.promises(under: .stoppedAndKilled))
        #expect(outcome.audits > 0)
        #expect(outcome.lost == 0, "seed \(seed): \(outcome.seen)")
    }
}
