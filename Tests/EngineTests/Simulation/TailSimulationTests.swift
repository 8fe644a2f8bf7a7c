import EngineTesting
import Glibc
import Testing

/// The invariants of a tail, in runs that differ by their seed alone. A seed that fails stands in the message; put it among the regressions with
/// its story. `AUDITFERRY_SEEDS` is how many seeds each part runs (30 where it is not set).
struct TailSimulationTests {
    private static let parts: UInt64 = 8
    private static let seedsPerPart = getenv("AUDITFERRY_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 30

    @Test(.timeLimit(.minutes(30)), arguments: 0..<parts)
    func `every audit is delivered, and none is in the ledger before, whatever fails`(part: UInt64) {
        for index in 0..<TailSimulationTests.seedsPerPart { simulate(index * TailSimulationTests.parts + part) }
    }

    private func simulate(_ seed: UInt64) {
        do {
            var simulation = try TailSimulation(seed: seed)
            try simulation.run()
        } catch {
            Issue.record("seed \(seed): \(error)")
        }
    }
}
