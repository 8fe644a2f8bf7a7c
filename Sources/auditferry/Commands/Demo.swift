import ArgumentParser
import AuditAPI
import AuditCore
import Forwarder
import Glibc
import Simulator

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tails a simulated organization to stdout; needs no account and no configuration.",
        discussion: """
            Example: a thousand audits, the same ones every time:

              auditferry demo --count 1000 --seed 7

            What is simulated is the organization and its API over HTTP; reading, delivering and committing are what 'run' does.
            """)

    @Option(name: .long, help: ArgumentHelp("The mean rate of new audits.", valueName: "n"))
    var eventsPerSecond: Double = 5

    @Option(name: .long, help: ArgumentHelp("Exit after this many audits.", valueName: "n"))
    var count: Int?

    @Option(name: .long, help: ArgumentHelp("Which organization: the same seed makes the same audits.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(
        name: .long,
        help: ArgumentHelp("Where to deliver: stdout, journald, file:///PATH or tcp://HOST:PORT; repeatable.", valueName: "url"))
    var output: [String] = []

    @Option(name: .long, help: ArgumentHelp("How to write an audit: json.", valueName: "format"))
    var format: String?

    func validate() throws {
        guard eventsPerSecond.isFinite, (0...10_000).contains(eventsPerSecond) else {
            throw ValidationError("--events-per-second: '\(eventsPerSecond)' is not between 0 and 10000")
        }
        if let count, count < 1 { throw ValidationError("--count: '\(count)' is not positive") }
    }

    func run() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let simulator = try Simulator(organization)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            group.addTask {
                try await simulator.run { port.yield($0) }
                port.finish()
            }
            group.addTask {
                for await number in ports { return try await tail(number, directory.path) }
            }
            // The simulator ends only by an error; the tail's end is the end of the demo.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// How much past it has: enough to show something at once.
    private var organization: SimulatorConfiguration {
        var organization = SimulatorConfiguration()
        organization.seed = seed
        organization.eventsPerSecond = eventsPerSecond
        organization.history = Demo.history
        // Some services show on the asynchronous endpoint only.
        organization.historyEvents = count.map { $0 + $0 / 3 + 50 } ?? 20
        organization.requestsPerMinute = 6000
        // Most audits bear whole seconds: begun at a whole second, they come in the same order every time.
        let start = Instant.localNow
        let fraction = start - start.wholeSecond
        organization.now = { .localNow - fraction }
        return organization
    }

    private static let history = Duration.seconds(240)

    private func tail(_ port: Int, _ directory: String) async throws {
        let flags = ConfigurationFlags(
            outputs: output, format: format, offsetsPath: directory + "/offsets.db", logLevel: "warning")
        var configuration = try ForwarderConfiguration.simulated(port: port, flags: flags)
        // Before the first audit, however long the start takes.
        configuration.tail.since = .back(Demo.history + .seconds(60))
        configuration.tail.pollInterval = .seconds(1)
        let (signals, stop) = await Signals.stoppable()
        let limit = count.map { CountLimit($0) { stop() } }
        let ready = configuration
        try await Connection.with { transport in
            let forwarder = Forwarder(
                configuration: ready, extent: .following, logger: .auditferry(ready.log), transport: transport,
                decorate: { output in limit.map { FirstAudits(of: output, limit: $0) } ?? output })
            try await ProgressLine.around(forwarder.board) { try await forwarder.run(signals: signals) }
        }
    }
}
