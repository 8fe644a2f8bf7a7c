import FaultScenes
import Testing

/// Some cells of the table of `auditferry-faults --receivers`, which plays them all.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct RouteTests {
    @Test(
        .needs(.rsyslogd, .syslogNG, .tenzir, .openssl),
        arguments: zip(
            ["tcp, strict → rsyslog", "tcp → Tenzir", "syslog tls → syslog-ng"],
            [RouteFault.stoppedAndKilled, .resets, .certificate]))
    func `nothing is lost that the guarantee keeps`(name: String, fault: RouteFault) async throws {
        let route = try #require(Route.all.first { $0.name == name })
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(route), \(fault.rawValue): seed \(seed)")
        let outcome = try await route.play(fault, seed: seed)
        #expect(route.promises(under: fault))
        #expect(outcome.audits > 0)
        #expect(outcome.lost == 0, "seed \(seed): \(outcome.seen)")
    }
}
