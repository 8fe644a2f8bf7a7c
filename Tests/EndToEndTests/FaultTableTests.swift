import FaultScenes
import Testing

/// The promise itself, over the faults of the table.
struct FaultTableTests {
    @Test(.timeLimit(.minutes(3)), arguments: Fault.all)
    func `nothing is lost, and nothing comes twice that need not`(_ fault: Fault) async throws {
        if let obstacle = try await fault.missing() { try Test.cancel("\(obstacle)") }
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(fault): seed \(seed)")
        let outcome = try await fault.play(seed: seed)
        #expect(fault.complaints(about: outcome) == [], "\(outcome.seen)")
    }
}
