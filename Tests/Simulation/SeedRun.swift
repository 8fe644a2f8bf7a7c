import EngineTesting

/// Many seeds, several at a time, until all have run or some have failed.
struct SeedRun {
    /// Seeds that one task takes at once.
    private static let portion: UInt64 = 20
    private static let progressEvery = Duration.seconds(10)

    let first: UInt64
    let count: UInt64
    let jobs: Int
    /// No seed begins after so many failed; those before the first that failed have all run.
    let mostFailures: Int

    func run(progress: (String) -> Void) async -> SeedReport {
        await withTaskGroup(of: SeedReport.self) { group in
            var portions = stride(from: first, to: first + count, by: UInt64.Stride(SeedRun.portion)).makeIterator()
            func add() {
                guard let start = portions.next() else { return }
                let end = min(start + SeedRun.portion, first + count)
                group.addTask { (start..<end).reduce(into: SeedReport()) { $0.add(SeedReport($1)) } }
            }
            for _ in 0..<jobs { add() }
            var report = SeedReport()
            var told = ContinuousClock.now
            for await portion in group {
                report.add(portion)
                if report.failures.count < mostFailures { add() }
                guard ContinuousClock.now - told >= SeedRun.progressEvery else { continue }
                told = .now
                progress("\(report.seeds) seeds")
            }
            return report
        }
    }
}

/// What seeds came to.
struct SeedReport: Sendable {
    struct Failure: Sendable {
        let seed: UInt64
        let promise: String
    }

    var seeds = 0
    var counts = SimulationCounts()
    var failures: [Failure] = []

    init() {}

    init(_ seed: UInt64, trace: ((String) -> Void)? = nil) {
        seeds = 1
        do {
            counts = try Simulation.run(seed: seed, trace: trace)
        } catch {
            failures = [Failure(seed: seed, promise: error.description)]
        }
    }

    mutating func add(_ other: SeedReport) {
        seeds += other.seeds
        counts.add(other.counts)
        failures = (failures + other.failures).sorted { $0.seed < $1.seed }
    }

    func closing(after duration: Duration) -> String {
        let faults = counts.faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let days = counts.virtualTime.components.seconds / 86_400
        return """
            \(seeds) seeds, \(failures.count) failed: \(days) days of virtual time, \(counts.requests) requests, \
            \(counts.deliveries) deliveries, \(counts.duplicates) duplicates; \
            \(counts.crashes) crashes, \(counts.stops) stops, faults (\(faults)), \
            in \(duration.components.seconds) s (\(Int(Double(seeds) / max(duration / .seconds(1), 0.001))) seeds a second)
            """
    }
}
