import ArgumentParser
import EngineTesting
import Glibc

/// Runs the simulation over many seeds on all cores, and says which promise was broken, if any was, and how to see it again.
@main
struct SimulationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auditferry-simulation",
        abstract: "Runs the engine among simulated failures, from seeds.",
        discussion: "Example: swift run -c release auditferry-simulation --seeds 10000 --fresh")

    @Option(help: "How many seeds.") var seeds: UInt64 = 1000
    @Option(help: "The first seed.") var first: UInt64 = 0
    @Option(help: "This seed alone.") var seed: UInt64?
    @Flag(help: "A first seed that nobody knows; it is printed.") var fresh = false
    @Option(help: "Seeds at a time (default: one a core).") var jobs: Int?
    @Flag(help: "Ends at the first seed that fails.") var untilFailure = false
    @Flag(help: "With --seed: prints everything that happens.") var trace = false

    func validate() throws {
        guard jobs ?? 1 > 0, seeds > 0 else { throw ValidationError("--jobs and --seeds begin at 1") }
        guard !trace || seed != nil else { throw ValidationError("--trace goes with --seed") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let first = seed ?? (fresh ? UInt64.random(in: 1...1 << 40) : first)
        let count = seed == nil ? seeds : 1
        line("seeds \(first) to \(first + count - 1)")
        let report: SeedReport
        if let seed, trace {
            report = SeedReport(seed) { line($0) }
        } else {
            let jobs = jobs ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
            report = await SeedRun(first: first, count: count, jobs: jobs, mostFailures: untilFailure ? 1 : 5).run { line($0) }
        }
        line(report.closing(after: ContinuousClock.now - start))
        for failure in report.failures {
            line("seed \(failure.seed): \(failure.promise)")
            line("again: swift run -c release auditferry-simulation --seed \(failure.seed) --trace")
        }
        if !report.failures.isEmpty { throw ExitCode.failure }
    }

    private func line(_ text: String) {
        print(text)
        fflush(nil)
    }
}
