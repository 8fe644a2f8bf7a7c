import ArgumentParser
import FaultScenes

struct Play: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays the faults and prints their table; fails where an audit is lost.",
        discussion: """
            Example: some faults, as they were played once:

              auditferry-faults --only sigkill --only offsets-full --seed 7

            Example: one output, whose receiver is killed:

              auditferry-faults --receivers --only "tcp → rsyslog" --only killed
            """)

    @Flag(name: .long, help: "Name the faults and end.")
    var list = false

    @Flag(name: .long, help: "Play the faults on the ways to real receivers instead, and print what each output loses there.")
    var receivers = false

    @Flag(name: .long, help: "Play instead what keeps a run from moving, all at once, and print who says so and how soon.")
    var health = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Measure instead how fast so many audits get to each real receiver, beside other senders; best in a release build.",
            valueName: "audits"))
    var throughput: Int?

    @Option(name: .long, help: ArgumentHelp("Play this one alone; repeatable.", valueName: "name"))
    var only: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("What the random moments come from; another one every time by default.", valueName: "n"))
    var seed: UInt64 = .random(in: 0...UInt64(UInt32.max))

    @Flag(name: .long, help: "Print the table for a document.")
    var markdown = false

    @Option(name: .long, help: ArgumentHelp("How many are played at a time.", valueName: "n"))
    var jobs = 2

    func validate() throws {
        let names =
            health ? HealthPlay.names : receivers || throughput != nil ? RoutePlay.names : Fault.all.map(\.name)
        let unknown = only.filter { !names.contains($0) }
        if let name = unknown.first { throw ValidationError("there is no fault '\(name)'; --list names them") }
        if jobs < 1 { throw ValidationError("--jobs: at least one is played at a time") }
    }

    func run() async throws {
        if let throughput { return try await ThroughputPlay(only: only, audits: throughput).run() }
        if health, list { return HealthPlay.list() }
        if health { return try await HealthPlay(only: only, markdown: markdown).run() }
        if receivers, list { return RoutePlay.list() }
        if receivers {
            print("seed \(seed)\n")
            return try await RoutePlay(only: only, seed: seed, markdown: markdown, jobs: jobs).run()
        }
        let faults = Fault.all.filter { only.isEmpty || only.contains($0.name) }
        if list {
            for fault in faults { print("\(fault.name): \(fault.meaning)") }
            return
        }
        print("seed \(seed)\n")
        let start = ContinuousClock.now
        let table = FaultTable(rows: await rows(of: faults))
        print(table.text(markdown: markdown))
        print("\n\(table.summary) in \((ContinuousClock.now - start).components.seconds) s")
        for complaint in table.complaints { print(complaint) }
        if !table.complaints.isEmpty { throw ExitCode.failure }
    }

    private func rows(of faults: [Fault]) async -> [FaultTable.Row] {
        await withTaskGroup(of: (Int, FaultTable.Row).self) { group in
            var rows: [Int: FaultTable.Row] = [:]
            for (index, fault) in faults.enumerated() {
                if index >= jobs, let (index, row) = await group.next() { rows[index] = row }
                group.addTask { (index, await FaultTable.Row(fault, seed: seed)) }
            }
            for await (index, row) in group { rows[index] = row }
            return faults.indices.compactMap { rows[$0] }
        }
    }
}
