import AuditCore
import Engine
import Logging
import Outputs
import Simulator
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A backfill` {
    private static let window = Interval(CommandBench.now - .seconds(3 * 86_400), CommandBench.now - .seconds(3600))

    private static func threeDays(_ configuration: inout SimulatorConfiguration) {
        configuration.history = .seconds(3 * 86_400 + 3600)
        configuration.historyEvents = 2400
        configuration.pageByteLimit = 300_000
    }

    /// One backfill of an interval, or of the rest of it.
    private struct Attempt {
        let output: LineOutput
        let board: PastBoard
        let ending: BackfillRun.Ending?
        let failure: Failure?
    }

    /// Backfills, with the progress of the attempts before in the same directory.
    private func attempt(
        _ bench: CommandBench, _ interval: Interval = window, service: String? = nil, refusing: LineOutput.Refusing? = nil,
        in directory: TemporaryFiles? = nil, signals: AsyncStream<RunSignal> = AsyncStream { $0.finish() },
        select: (inout AuditSelection) -> Void = { _ in }
    ) async throws -> Attempt {
        let directory = try directory ?? TemporaryFiles()
        let definition = OutputDefinition(name: "siem", kind: .stdout, batch: .init(events: 100))
        let output = LineOutput(refusing: refusing)
        let offsets = directory.path + "/offsets.db"
        let backfill = BackfillRun(
            interval, service: service, to: definition,
            of: ForwarderConfiguration(genesys: try bench.genesys(change: select), offsetsPath: offsets, outputs: [definition]),
            offsetsPath: BackfillRun.offsetsPath(interval, to: "siem", besides: offsets), transport: bench.transport,
            clock: bench.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, makeOutput: { output })
        var ending: BackfillRun.Ending?
        let failure = await Failure.of { ending = try await backfill.run(signals: signals) }
        return Attempt(output: output, board: backfill.board, ending: ending, failure: failure)
    }

    @Test(arguments: [
        "", "exclusive-start", "inclusive-end", "redirect-location", "duplicate", "stuck-running", "failed-query",
        "cancelled-query", "vanished-query every=2", "cursor-refused", "cursor-refused every=1", "reset every=5",
        "truncate every=6", "html-502 every=4",
        "rate-limit every=4", "unauthorized every=7", "stuck-running,failed-query,cursor-refused,reset every=7",
    ])
    func `delivers every audit of its interval once, downloads and hidden services included`(faults: String) async throws {
        try await CommandBench.run(faults: faults, `A backfill`.threeDays) { bench in
            let directory = try TemporaryFiles()
            let attempt = try await attempt(bench, in: directory)
            #expect(attempt.ending == .complete, "\(String(describing: attempt.failure))")
            let lines = try attempt.output.lines()
            #expect(lines.compactMap(\.id).sorted() == bench.truth(in: `A backfill`.window))
            #expect(lines.contains { $0.eventTime != nil })
            #expect(lines.contains { $0.serviceName == "Datatables" })
            let status = attempt.board.current
            #expect(status.delivered == lines.count)
            #expect(status.coveredUntil == `A backfill`.window.end && status.share == 1)
            #expect(directory.names.isEmpty, "the progress stays behind when there is none to make")
        }
    }

    @Test func `reads one service`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            let attempt = try await attempt(bench, service: "Datatables")
            let truth = bench.truth(in: `A backfill`.window) { $0.serviceName == "Datatables" }
            #expect(try attempt.output.ids() == truth)
        }
    }

    @Test func `leaves out the services that the configuration excludes`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            let attempt = try await attempt(bench) { $0.excludedServices = ["Datatables", "Directory"] }
            let truth = bench.truth(in: `A backfill`.window) { $0.serviceName != "Datatables" && $0.serviceName != "Directory" }
            #expect(try attempt.output.ids() == truth)
            #expect(attempt.board.current.share == 1)
        }
    }

    @Test func `gives up on a query that fails again and again`() async throws {
        try await CommandBench.run(faults: "failed-query every=1") { bench in
            let attempt = try await attempt(bench)
            #expect(attempt.failure?.code == .unreachable)
            #expect(attempt.board.current.coveredUntil == `A backfill`.window.start)
        }
    }

    @Test func `gives up on an output that takes nothing, and goes on where it was left`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            let directory = try TemporaryFiles()
            let first = try await attempt(
                bench, refusing: .init(after: 1200, refusal: Refusal("the collector is down")), in: directory)
            #expect(first.failure?.code == .unreachable)
            #expect(first.failure?.message.hasSuffix("takes no audits: the collector is down") == true)
            #expect(first.failure?.hint.contains("; everything before ") == true)
            #expect(directory.names.contains { $0.hasPrefix("backfill-siem-20260227T081500Z-") })
            let second = try await attempt(bench, in: directory)
            #expect(second.ending == .complete)
            #expect(try (first.output.ids() + second.output.ids()).sorted() == bench.truth(in: `A backfill`.window))
            #expect(directory.names.isEmpty)
        }
    }

    @Test func `stops when its reader goes away, or when it is told to, and goes on`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            let directory = try TemporaryFiles()
            let gone = try await attempt(
                bench, refusing: .init(after: 500, refusal: Refusal("closed by its reader", isFinal: true)), in: directory)
            #expect(gone.ending == .stopped)
            let (signals, signal) = AsyncStream.makeStream(of: RunSignal.self)
            signal.yield(.stop)
            let stopped = try await attempt(bench, in: directory, signals: signals)
            #expect(stopped.ending == .stopped)
            let rest = try await attempt(bench, in: directory)
            #expect(rest.ending == .complete)
            let all = try gone.output.ids() + stopped.output.ids() + rest.output.ids()
            #expect(all.sorted() == bench.truth(in: `A backfill`.window))
        }
    }

    @Test func `refuses an interval that is not over or too old, and a service that does not exist`() async throws {
        try await CommandBench.run { bench in
            let future = Interval(CommandBench.now - .seconds(60), CommandBench.now + .seconds(60))
            let early = try await attempt(bench, future)
            #expect(early.failure?.code == .usage)
            let ancient = Interval(CommandBench.now - .seconds(500 * 86_400), CommandBench.now - .seconds(400 * 86_400))
            let late = try await attempt(bench, ancient)
            #expect(late.failure?.code == .data)
            let unknown = try await attempt(bench, service: "Datatable")
            #expect(unknown.failure?.code == .data)
            #expect(unknown.failure?.message.hasSuffix("did you mean 'Datatables'?") == true)
            #expect(try (early.output.ids() + late.output.ids() + unknown.output.ids()).isEmpty)
        }
    }
}
