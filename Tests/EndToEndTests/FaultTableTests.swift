import FaultScenes
import Testing

/// The promise itself, over the faults of the table; those that take long are played by `auditferry-faults` alone. Four at a time, and from the
/// beginning, since they take longest.
struct FaultTableTests {
    @Test(
        .serialized, .timeLimit(.minutes(10)), arguments: (Fault.processes + Fault.reloads + Fault.audits).filter { !$0.isLong })
    func `nothing is lost when the program is stopped, nor when audits are late`(_ fault: Fault) async throws {
        try await expectNoLoss(fault)
    }

    @Test(.serialized, .timeLimit(.minutes(10)), arguments: Fault.api)
    func `nothing is lost when the API fails`(_ fault: Fault) async throws { try await expectNoLoss(fault) }

    @Test(.serialized, .timeLimit(.minutes(10)), arguments: Fault.collectors)
    func `nothing is lost when a collector fails`(_ fault: Fault) async throws { try await expectNoLoss(fault) }

    @Test(.serialized, .timeLimit(.minutes(10)), arguments: Fault.offsets + Fault.host)
    func `nothing is lost when the machine fails`(_ fault: Fault) async throws { try await expectNoLoss(fault) }

    private func expectNoLoss(_ fault: Fault) async throws {
        if let obstacle = try await fault.missing() { try Test.cancel("\(obstacle)") }
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(fault): seed \(seed)")
        let outcome = try await fault.play(seed: seed)
        #expect(fault.complaints(about: outcome) == [], "seed \(seed): \(outcome.seen)")
    }
}
