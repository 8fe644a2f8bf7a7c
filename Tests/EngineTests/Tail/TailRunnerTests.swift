import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// The runner with real tasks, at the edges of which stand doubles and a clock that the test moves.
@Suite(.timeLimit(.minutes(5)))
struct TailRunnerTests {
    private let clock = VirtualClock()
    private let store = MemoryStore()
    private let observer = RecordingObserver()
    private let deadLetters = RecordingDeadLetters()

    private func source(
        _ audits: [SampleAudit], failures: [ReadFailure] = [], lanes: [Lane] = [.all]
    ) -> ScriptedSource {
        let clock = clock
        let archive = SampleArchive(audits.map { SampleArchive.Entry($0, visibleAt: $0.instant) })
        return ScriptedSource(archive, lanes: lanes, failures: failures) { at(1000) + clock.now() }
    }

    private func runner(_ source: ScriptedSource, _ output: RecordingOutput, until end: Int64?) -> TailRunner {
        var settings = TailSettings(output: "siem")
        settings.batchEvents = 10
        settings.end = end.map { TailSettings.End(readUntil: at($0), coverUntil: at($0)) }
        return TailRunner(
            settings: settings, source: source, store: store, output: output, deadLetters: deadLetters, clock: clock,
            observer: observer)
    }

    private func begin() async throws -> Ledger {
        var begins = LedgerChange(output: "siem")
        begins.start = at(0)
        try await store.commit(begins)
        return Ledger(start: at(0))
    }

    /// Runs to the end, moving the clock whenever there is a deadline to wait for.
    private func run(_ runner: TailRunner) async throws {
        let ledger = try await begin()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    if let next = clock.deadlines.first { clock.advance(to: next) }
                    await Task.yield()
                }
            }
            group.addTask { try await runner.run(from: ledger) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    @Test func `everything up to the end is delivered, drained and committed, and then it returns`() async throws {
        let output = RecordingOutput(window: 4)
        try await run(runner(source(samples(95)), output, until: 900))
        #expect(Set(output.taken) == Set(ids(Array(0..<95))))
        #expect(output.taken.count == 95)
        #expect(store.contents.ids(of: "siem") == Set(output.taken))
        #expect(store.contents.ledger(of: "siem")?.gaps(of: .all) == [])
        #expect(observer.status.delivered == 95)
    }

    @Test(arguments: [Lane.all, Lane(service: nil, endpoint: .asynchronous)])
    func `a past interval is read once, oldest first, without following the present`(lane: Lane) async throws {
        var settings = TailSettings(output: "siem")
        settings.followsPresent = false
        settings.sweep = nil
        settings.reconcile = nil
        settings.end = TailSettings.End(readUntil: at(90), coverUntil: at(90))
        settings.reading.longestWindow = .seconds(20)
        let output = RecordingOutput()
        let source = source(samples(95), lanes: [lane])
        let runner = TailRunner(
            settings: settings, source: source, store: store, output: output, deadLetters: deadLetters, clock: clock,
            observer: observer)
        try await run(runner)
        let wanted = samples(95).filter { $0.instant < at(90) }.map { $0.instant }
        #expect(output.taken.count == wanted.count && Set(output.taken).count == wanted.count)
        #expect(source.requests.map(\.interval.start) == source.requests.map(\.interval.start).sorted())
        #expect(observer.status.isComplete && observer.status.gap == .zero && observer.status.duplicates < 50)
        #expect(store.contents.ledger(of: "siem")?.coverage(of: lane).intervals == [span(0, 90)])
    }

    @Test(arguments: 1..<12)
    func `a store that fails at any call loses nothing and stops nothing`(call: Int) async throws {
        store.fail(calls: [call + 1, call + 2])
        let output = RecordingOutput()
        try await run(runner(source(samples(40)), output, until: 900))
        #expect(output.taken.count == 40)
        #expect(store.contents.ids(of: "siem") == Set(ids(Array(0..<40))))
    }

    @Test func `failures of reading are reported, and so is recovery`() async throws {
        let failures: [ReadFailure] = [.transient("the gateway is down", delay: nil), .timedOut("no answer")]
        try await run(runner(source(samples(5), failures: failures), RecordingOutput(), until: 900))
        #expect(
            observer.reports.contains {
                if case .readFailing(_, .transient("the gateway is down", delay: nil), _) = $0 { true } else { false }
            })
        #expect(observer.reports.contains(.readRecovered(.all)))
        #expect(observer.status.delivered == 5)
    }

    @Test func `a batch that is refused for good goes to the dead letters, and the others go on`() async throws {
        let output = RecordingOutput(answers: [.refusedForGood(Refusal("schema")), .refusedForNow(Refusal("busy"))])
        try await run(runner(source(samples(25)), output, until: 900))
        #expect(deadLetters.letters.count == 10)
        #expect(deadLetters.letters.allSatisfy { $0.reason == "schema" })
        #expect(output.taken.count == 15)
        #expect(store.contents.ids(of: "siem").count == 25)
    }

    @Test func `what is refused for good within a batch goes to the dead letters alone, and the batch is acknowledged`()
        async throws
    {
        let output = RecordingOutput(answers: [.acknowledgedExcept([1, 4], Refusal("too large"))])
        try await run(runner(source(samples(25)), output, until: 900))
        #expect(deadLetters.letters.map(\.reason) == ["too large", "too large"])
        #expect(output.taken.count == 23)
        #expect(store.contents.ids(of: "siem").count == 25)
        #expect(observer.status.delivered == 23 && observer.status.setApart == 2)
    }

    @Test func `an audit without an id goes to the dead letters once`() async throws {
        let odd = SampleAudit(id: nil, instant: at(950))
        try await run(runner(source(samples(3) + [odd]), RecordingOutput(), until: 1100))
        #expect(deadLetters.letters == [.init(audit: odd.json, reason: "the audit has no id")])
    }

    @Test func `a receiver that is gone for good ends the run with its reason`() async throws {
        let gone = Refusal("stdout was closed by its reader", isFinal: true)
        let runner = runner(source(samples(3)), RecordingOutput(answers: [.refusedForNow(gone)]), until: nil)
        await #expect(throws: gone) { try await run(runner) }
        #expect(store.contents.ids(of: "siem").isEmpty)
    }

    @Test func `after a stop, what was read is delivered and committed`() async throws {
        let output = RecordingOutput()
        let runner = runner(source(samples(30)), output, until: nil)
        let ledger = try await begin()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run(from: ledger) }
            await clock.sleepers(1)
            runner.stop()
            try await group.waitForAll()
        }
        #expect(store.contents.ids(of: "siem") == Set(output.taken))
        #expect(observer.status.unacknowledged == 0)
    }

    @Test func `cancellation returns`() async throws {
        let runner = runner(source(samples(30)), RecordingOutput(), until: nil)
        let ledger = try await begin()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run(from: ledger) }
            await clock.sleepers(1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(clock.deadlines.isEmpty)
    }

    @Test func `alarms do not pile up, however long it runs`() async throws {
        let runner = runner(source([]), RecordingOutput(), until: nil)
        let ledger = try await begin()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run(from: ledger) }
            for _ in 0..<200 {
                await clock.sleepers(1)
                if let next = clock.deadlines.first { clock.advance(to: next) }
            }
            await clock.sleepers(1)
            #expect(clock.deadlines.count < 4)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
