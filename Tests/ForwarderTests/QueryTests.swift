import AuditAPI
import AuditCore
import Glibc
import Simulator
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A query` {
    private static let window = Interval(CommandBench.now - .seconds(7200), CommandBench.now - .seconds(1800))
    private static let question = RealtimeQuestion(start: .at(window.start), end: window.end, pageSize: 37)

    private func failure(
        _ bench: CommandBench, _ question: RealtimeQuestion = question, genesys: GenesysSettings? = nil
    ) async throws -> Failure? {
        let search = RealtimeSearch(
            question, genesys: try genesys ?? bench.genesys(), transport: bench.transport, clock: bench.clock)
        return await Failure.of { try await search.run(to: bench.printed.printer) { _ in } }
    }

    private func search(_ bench: CommandBench, _ question: RealtimeQuestion = question) throws -> RealtimeSearch {
        RealtimeSearch(question, genesys: try bench.genesys(), transport: bench.transport, clock: bench.clock)
    }

    @Test(arguments: [
        "", "exclusive-start", "inclusive-end", "html-502 every=3", "reset every=5", "truncate every=4", "rate-limit every=4",
        "unauthorized every=4",
    ])
    func `prints exactly the realtime audits of its interval, each once and oldest first`(faults: String) async throws {
        try await CommandBench.run(faults: faults) { bench in
            let count = try await search(bench).run(to: bench.printed.printer) { Issue.record("unexpected note: \($0)") }
            let lines = try bench.printed.lines()
            let truth = bench.truth(in: `A query`.window) { $0.realtime != nil }
            #expect(try bench.printed.ids().map(\.description).sorted() == truth)
            #expect(lines.compactMap(\.instant) == lines.compactMap(\.instant).sorted())
            #expect(count == lines.count && count > 37)
        }
    }

    @Test func `ends at the server's now, and begins an hour before it`() async throws {
        try await CommandBench.run { bench in
            try await search(bench, RealtimeQuestion()).run(to: bench.printed.printer) { _ in }
            let hour = Interval(CommandBench.now - .seconds(3600), CommandBench.now)
            #expect(try bench.printed.ids().map(\.description).sorted() == bench.truth(in: hour) { $0.realtime != nil })
        }
    }

    @Test func `prints the newest first where that is asked for`() async throws {
        try await CommandBench.run { bench in
            var question = `A query`.question
            question.isDescending = true
            try await search(bench, question).run(to: bench.printed.printer) { _ in }
            let instants = try bench.printed.lines().compactMap(\.instant)
            #expect(instants == instants.sorted(by: >) && instants.count > 37)
        }
    }

    @Test func `asks for one service, and for the values of its filters`() async throws {
        try await CommandBench.run { bench in
            var question = `A query`.question
            question.service = "ContactCenter"
            question.filters = try RealtimeQuestion.filters(["EntityType=Queue"])
            try await search(bench, question).run(to: bench.printed.printer) { _ in }
            let lines = try bench.printed.lines()
            #expect(!lines.isEmpty)
            #expect(lines.allSatisfy { $0.serviceName == "ContactCenter" && $0.entityType == "Queue" })
        }
    }

    @Test func `says when the pages do not belong together, and still prints each audit once`() async throws {
        try await CommandBench.run(faults: "duplicate") { bench in
            var notes: [String] = []
            try await search(bench).run(to: bench.printed.printer) { notes.append($0) }
            let ids = try bench.printed.ids()
            #expect(Set(ids).count == ids.count)
            #expect(notes.count == 1 && notes[0].hasPrefix("the set changed while it was read"))
        }
    }

    @Test func `ends without an error when its reader goes away`() async throws {
        try await CommandBench.run { bench in
            try await search(bench).run(to: bench.printed.stopping(after: 10)) { _ in }
            #expect(bench.printed.count == 10)
        }
    }

    @Test func `ends without an error when the pipe has no reader`() async throws {
        try await CommandBench.run { bench in
            signal(SIGPIPE, SIG_IGN)
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            close(ends[0])
            let printer = AuditPrinter(descriptor: ends[1])
            try await search(bench).run(to: printer) { _ in }
            await printer.close()
            close(ends[1])
        }
    }

    @Test func `refuses a service that realtime does not carry, and names a near one`() async throws {
        try await CommandBench.run { bench in
            var question = `A query`.question
            question.service = "Contactcentre"
            let failure = try await failure(bench, question)
            #expect(failure?.code == .data)
            #expect(failure?.message.hasSuffix("did you mean 'ContactCenter'?") == true)
        }
    }

    @Test func `tells what to do where the API wants a service named`() async throws {
        try await CommandBench.run(faults: "service-name-required") { bench in
            let failure = try await failure(bench)
            #expect(failure?.code == .data)
            #expect(failure?.hint == "add --service; 'auditferry services' lists the names")
        }
    }

    @Test func `tells refused credentials, a missing permission and an absent API apart`() async throws {
        try await CommandBench.run { bench in
            let refused = try await failure(bench, genesys: try bench.genesys(secret: "wrong"))
            #expect(refused?.code == .refused)
            var nowhere = try bench.genesys()
            nowhere.endpoints = try Endpoints(api: "http://127.0.0.1:1")
            let absent = try await failure(bench, genesys: nowhere)
            #expect(absent?.code == .unreachable)
            #expect(bench.clock.now() == .zero, "an API that is not there is not waited for")
        }
        try await CommandBench.run(faults: "forbidden") { bench in
            let forbidden = try await failure(bench)
            #expect(forbidden?.code == .refused)
        }
    }
}

@Suite(.fewAtATime) struct `The flags of a query` {
    private let now = CommandBench.now

    @Test(arguments: ["Foo=1", "EntityType", "EntityType=", "Action=Update", "entityType=Queue"])
    func `are refused where the API would not understand the filter`(text: String) {
        #expect(throws: Failure.self) { try RealtimeQuestion.filters([text]) }
    }

    @Test func `take each property once, and an Action beside its EntityType`() throws {
        #expect(throws: Failure.self) { try RealtimeQuestion.filters(["UserId=1", "UserId=2"]) }
        let filters = try RealtimeQuestion.filters(["Action=a=b", "EntityType=Queue"])
        #expect(filters.map(\.value) == ["a=b", "Queue"])
    }

    @Test func `make no interval that is reversed, empty or in the future`() {
        for (start, end) in [(now - .seconds(5), now - .seconds(6)), (now, now), (now + .seconds(5), now + .seconds(9))] {
            #expect(throws: Failure.self) { try RealtimeQuestion(start: .at(start), end: end).interval(at: now) }
        }
    }
}

@Suite(.fewAtATime) struct `The pages of a query` {
    @Test func `are followed by their count, or until one is not full`() {
        var counted = RealtimePaging(pageSize: 10)
        counted.received(rows: 10, total: 15, pageCount: 2)
        #expect(counted.next == 2)
        counted.received(rows: 5, total: 15, pageCount: 2)
        #expect(counted.next == nil && counted.change == nil)
        var uncounted = RealtimePaging(pageSize: 10)
        uncounted.received(rows: 10, total: nil, pageCount: nil)
        #expect(uncounted.next == 2)
        uncounted.received(rows: 0, total: nil, pageCount: nil)
        #expect(uncounted.next == nil && uncounted.change == nil)
    }

    @Test func `end at an empty page, whatever count is stated`() {
        var paging = RealtimePaging(pageSize: 10)
        paging.received(rows: 0, total: 1000, pageCount: 100)
        #expect(paging.next == nil)
        #expect(paging.change == "the API counted 1000 audits and showed 0")
    }

    @Test func `show a change by their totals`() {
        var paging = RealtimePaging(pageSize: 10)
        paging.received(rows: 10, total: 12, pageCount: 2)
        paging.received(rows: 3, total: 13, pageCount: 2)
        #expect(paging.change == "the API counted 12, then 13 audits")
    }
}

@Suite(.fewAtATime) struct `The patience of a command` {
    @Test func `doubles its pauses and ends after its failures`() {
        var patience = Patience(mostFailures: 4)
        let pauses = (1...4).map { _ in patience.failed(asked: nil) }
        #expect(pauses == [.milliseconds(500), .seconds(1), .seconds(2), nil])
        patience.succeeded()
        let again = patience.failed(asked: nil)
        #expect(again == .milliseconds(500))
    }

    @Test func `waits as long as it is asked to, but not for hours`() {
        var patience = Patience()
        let (minute, hour) = (patience.failed(asked: .seconds(60)), patience.failed(asked: .seconds(3600)))
        #expect(minute == .seconds(60) && hour == nil)
    }
}
