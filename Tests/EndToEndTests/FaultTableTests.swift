import FaultScenes
import Testing

/// The promise itself, over the faults of the table; those that take long are played by `auditferry-faults` alone.
struct FaultTableTests {
    @Test(.serialized, .timeLimit(.minutes(3)), arguments: Fault.upstream.filter { !$0.isLong })
    func `nothing is lost between the organization and the program`(_ fault: Fault) async throws {
        try await expectNoLoss(fault)
    }

    @Test(.serialized, .timeLimit(.minutes(3)), arguments: Fault.downstream.filter { !$0.isLong })
    func `nothing is lost on the program's machine, nor behind it`(_ fault: Fault) async throws {
        try await expectNoLoss(fault)
    }

    private func expectNoLoss(_ fault: Fault) async throws {
        if let obstacle = try await fault.missing() { try Test.cancel("\(obstacle)") }
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(fault): seed \(seed)")
        let outcome = try await fault.play(seed: seed)
        #expect(fault.complaints(about: outcome) == [], "seed \(seed): \(outcome.seen)")
    }
}
