import AuditCore
import Engine
import Simulator
import Testing

@testable import Forwarder

@Suite struct `A backfill` {
    private static let window = Interval(CommandBench.now - .seconds(3 * 86_400), CommandBench.now - .seconds(3600))

    private static func threeDays(_ configuration: inout SimulatorConfiguration) {
        configuration.history = .seconds(3 * 86_400 + 3600)
        configuration.historyEvents = 2400
        configuration.pageByteLimit = 300_000
    }

    private func backfill(
        _ bench: CommandBench, _ interval: Interval = window, service: String? = nil, board: BackfillBoard = BackfillBoard(),
        select: (inout AuditSelection) -> Void = { _ in }
    ) throws -> AsynchronousBackfill {
        AsynchronousBackfill(
            interval, service: service, genesys: try bench.genesys(change: select), transport: bench.transport,
            clock: bench.clock, board: board)
    }

    private func failure(
        _ bench: CommandBench, _ interval: Interval = window, service: String? = nil, board: BackfillBoard = BackfillBoard()
    ) async throws -> Failure? {
        let backfill = try backfill(bench, interval, service: service, board: board)
        return await Failure.of { try await backfill.run(to: bench.printed.printer) }
    }

    @Test(arguments: [
        "", "exclusive-start", "inclusive-end", "redirect-location", "duplicate", "stuck-running", "failed-query",
        "cancelled-query", "vanished-query every=2", "cursor-refused", "cursor-refused every=1", "reset every=5",
        "truncate every=6", "html-502 every=4",
        "rate-limit every=4", "unauthorized every=7", "stuck-running,failed-query,cursor-refused,reset every=7",
    ])
    func `prints every audit of its interval once, downloads and hidden services included`(faults: String) async throws {
        try await CommandBench.run(faults: faults, `A backfill`.threeDays) { bench in
            let board = BackfillBoard()
            try await backfill(bench, board: board).run(to: bench.printed.printer)
            let lines = try bench.printed.lines()
            #expect(lines.compactMap(\.id).sorted() == bench.truth(in: `A backfill`.window))
            #expect(lines.contains { $0.eventTime != nil })
            #expect(lines.contains { $0.serviceName == "Datatables" })
            #expect(board.current.printed == lines.count)
            #expect(board.current.coveredUntil == `A backfill`.window.end && board.current.share == 1)
        }
    }

    @Test func `reads one service`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            try await backfill(bench, service: "Datatables").run(to: bench.printed.printer)
            let truth = bench.truth(in: `A backfill`.window) { $0.serviceName == "Datatables" }
            #expect(try bench.printed.ids().map(\.description).sorted() == truth)
        }
    }

    @Test func `leaves out the services that the configuration excludes`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            try await backfill(bench) { $0.excludedServices = ["Datatables", "Directory"] }.run(to: bench.printed.printer)
            let truth = bench.truth(in: `A backfill`.window) { $0.serviceName != "Datatables" && $0.serviceName != "Directory" }
            #expect(try bench.printed.ids().map(\.description).sorted() == truth)
        }
    }

    @Test func `gives up on a query that fails again and again, and says where to go on`() async throws {
        try await CommandBench.run(faults: "failed-query every=1") { bench in
            let board = BackfillBoard()
            let failure = try await failure(bench, board: board)
            #expect(failure?.code == .unreachable)
            #expect(failure?.hint.contains("--from \(`A backfill`.window.start) goes on") == true)
            #expect(board.current.coveredUntil == `A backfill`.window.start)
        }
    }

    @Test func `goes on where another one was left by its reader`() async throws {
        try await CommandBench.run(`A backfill`.threeDays) { bench in
            let board = BackfillBoard()
            try await backfill(bench, board: board).run(to: bench.printed.stopping(after: 1200))
            let first = Set(try bench.printed.ids())
            let covered = try #require(board.current.coveredUntil)
            #expect(covered > `A backfill`.window.start && covered < `A backfill`.window.end)
            let rest = PrintedLines()
            try await backfill(bench, Interval(covered, `A backfill`.window.end)).run(to: rest.printer)
            #expect(first.union(try rest.ids()).map(\.description).sorted() == bench.truth(in: `A backfill`.window))
        }
    }

    @Test func `refuses an interval that is not over, and a service that does not exist`() async throws {
        try await CommandBench.run { bench in
            let future = Interval(CommandBench.now - .seconds(60), CommandBench.now + .seconds(60))
            let early = try await failure(bench, future)
            #expect(early?.code == .usage)
            let unknown = try await failure(bench, service: "Datatable")
            #expect(unknown?.code == .data)
            #expect(unknown?.message.hasSuffix("did you mean 'Datatables'?") == true)
            #expect(bench.printed.count == 0)
        }
    }
}

@Suite struct `The plan of a backfill` {
    private let start = Instant("2026-03-01T00:00:00.250Z")!

    @Test func `goes by days, oldest first, on whole seconds`() {
        var plan = BackfillPlan(Interval(start, start + .seconds(2 * 86_400)), lanes: [.all])
        var read: [Interval] = []
        while let window = plan.window {
            read.append(window.interval)
            #expect(plan.coveredUntil == window.interval.start)
            let isDayDone = plan.windowDone()
            #expect(isDayDone)
        }
        #expect(
            read.map(\.description) == [
                "2026-03-01T00:00:00Z/2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z/2026-03-03T00:00:00Z",
                "2026-03-03T00:00:00Z/2026-03-03T00:00:01Z",
            ])
        #expect(plan.coveredUntil == plan.whole.end)
    }

    @Test func `halves a window, and has read its day only when both halves are read`() {
        var plan = BackfillPlan(Interval(start, start + .seconds(3)), lanes: [.all])
        let first = plan.halve()
        #expect(first && plan.window?.interval.duration == .seconds(2))
        let second = plan.halve()
        #expect(second && plan.window?.interval.duration == .seconds(1))
        let third = plan.halve()
        #expect(!third, "a second is not halved")
        let done = [plan.windowDone(), plan.windowDone()]
        #expect(done == [false, false] && plan.coveredUntil == plan.whole.start)
        let isDayDone = plan.windowDone()
        #expect(isDayDone)
        #expect(plan.window == nil)
    }

    @Test func `reads every lane of a day before the next day`() {
        let lanes = [Lane(service: "A"), Lane(service: "B")]
        var plan = BackfillPlan(Interval(start, start + .seconds(90_000)), lanes: lanes)
        var order: [String] = []
        while let window = plan.window {
            order.append(window.lane.description)
            _ = plan.windowDone()
        }
        #expect(order == ["A", "B", "A", "B"])
    }
}
