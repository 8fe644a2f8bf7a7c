import AuditCore
import Engine
import EngineTesting
import InMemoryLogging
import Logging
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct RELPOutputTests {
    private let receiver: RELPReceiver
    private let book = AnswerBook()
    private let log = InMemoryLogHandler()

    init() throws { receiver = try RELPReceiver() }

    private func output(window: Int = 128, _ change: (inout RELPSettings) -> Void = { _ in }) -> RELPOutput {
        var settings = RELPSettings(host: "127.0.0.1", port: receiver.port)
        settings.payload = .raw
        settings.window = window
        change(&settings)
        return RELPOutput(settings: settings, format: .json, logger: Logger(label: "relp") { _ in log })
    }

    private func samples(_ sequence: Int, _ count: Int, padding: Int = 0) -> [SampleAudit] {
        (0..<count).map {
            SampleAudit(id: SampleAudit.uuid(sequence * 1000 + $0), instant: Instant(seconds: 1_800_000_000), padding: padding)
        }
    }

    private func reason(_ sequence: Int) async -> String {
        guard case .refusedForNow(let refusal) = await book.answer(to: sequence) else {
            Issue.record("batch \(sequence) was not refused for now")
            return ""
        }
        return refusal.reason
    }

    private var name: String { "relp '127.0.0.1:\(receiver.port)': " }

    @Test func `answers in any order acknowledge their own batches`() async throws {
        try await receiver.start(RELPConduct(order: .reversed(groupsOf: 6)))
        let output = output()
        for sequence in 1...3 { await book.deliver(Batch(sequence, of: samples(sequence, 2)), to: output) }
        for sequence in 1...3 { #expect(await book.answer(to: sequence) == .acknowledged) }
        #expect(book.order == [3, 2, 1])
        await output.close()
        try await receiver.finish()
        #expect(receiver.taken == (1...3).flatMap { samples($0, 2).map(\.json) })
    }

    @Test func `a session is ended in order when the output is closed`() async throws {
        try await receiver.start(RELPConduct())
        let output = output()
        await book.deliver(Batch(1, of: samples(1, 1)), to: output)
        #expect(await book.answer(to: 1) == .acknowledged)
        await output.close()
        try await receiver.finish()
        #expect(receiver.farewells == 1)
    }

    @Test func `a receiver that does not agree to the end is left all the same`() async throws {
        try await receiver.start(RELPConduct(farewell: nil))
        let output = output()
        await book.deliver(Batch(1, of: samples(1, 1)), to: output)
        #expect(await book.answer(to: 1) == .acknowledged)
        await output.close()
        try await receiver.finish()
    }

    @Test func `after a break only the messages without an answer are sent again`() async throws {
        try await receiver.start(RELPConduct(mostMessages: 3), RELPConduct())
        let output = output(window: 1)
        let batch = Batch(1, of: samples(1, 5))
        await book.deliver(batch, to: output)
        #expect(await reason(1) == name + "the collector closed the connection")
        let second = AnswerBook()
        await second.deliver(batch, to: output)
        #expect(await second.answer(to: 1) == .acknowledged)
        await output.close()
        try await receiver.finish()
        #expect(receiver.taken == samples(1, 5).map(\.json))
        #expect(receiver.connectionCount == 2)
    }

    @Test func `a message that is refused is sent again alone, over the same connection`() async throws {
        let refused = samples(1, 3)[1].json
        try await receiver.start(RELPConduct(code: { $0 == refused ? 500 : 200 }))
        let output = output()
        let batch = Batch(1, of: samples(1, 3))
        for _ in 1..<10 {
            let book = AnswerBook()
            await book.deliver(batch, to: output)
            #expect(
                await book.answer(to: 1)
                    == .refusedForNow(Refusal(name + "the collector answered 1 of the events with 500")))
        }
        await book.deliver(batch, to: output)
        let reason = name + "the collector answered the event with 500 10 times, and took others"
        #expect(await book.answer(to: 1) == .acknowledgedExcept([1], Refusal(reason)))
        await output.close()
        try await receiver.finish()
        #expect(receiver.taken == [samples(1, 3)[0].json, samples(1, 3)[2].json])
        #expect(receiver.connectionCount == 1)
    }

    @Test func `an event that is too large is set apart, and the others are delivered`() async throws {
        try await receiver.start(RELPConduct())
        let output = output { $0.largestMessage = 1000 }
        let samples = samples(1, 2) + samples(2, 1, padding: 1000) + samples(3, 1)
        await book.deliver(Batch(1, of: samples), to: output)
        #expect(
            await book.answer(to: 1) == .acknowledgedExcept([2], Refusal(name + "the event is larger than 1000 bytes")))
        await output.close()
        try await receiver.finish()
        #expect(receiver.taken == [samples[0], samples[1], samples[3]].map(\.json))
    }

    @Test(arguments: [("librelp,1.11.0,http://librelp.adiscon.com", 1), ("another", 0)])
    func `rsyslog may cut what is larger than it was told to take, which is said once`(software: String, warnings: Int)
        async throws
    {
        try await receiver.start(RELPConduct(offers: "200 OK\nrelp_version=0\nrelp_software=\(software)\ncommands=syslog"))
        let output = output()
        for (sequence, padding) in [(1, 7000), (2, 9000), (3, 9000)] {
            await book.deliver(Batch(sequence, of: samples(sequence, 1, padding: padding)), to: output)
            #expect(await book.answer(to: sequence) == .acknowledged)
            #expect(log.entries.count == (sequence == 1 ? 0 : warnings))
        }
        await output.close()
        try await receiver.finish()
    }

    @Test func `a batch of nothing but what is too large needs no receiver`() async throws {
        let output = output { $0.largestMessage = 1000 }
        await book.deliver(Batch(1, of: samples(1, 1, padding: 1000)), to: output)
        guard case .acknowledgedExcept([0], _) = await book.answer(to: 1) else {
            Issue.record("it was not set apart")
            return
        }
        await output.close()
    }

    @Test func `a receiver that never answers is left, and what it has is refused for now`() async throws {
        try await receiver.start(RELPConduct(order: .never))
        let output = output { $0.answerTimeout = .milliseconds(200) }
        await book.deliver(Batch(1, of: samples(1, 3)), to: output)
        #expect(await reason(1) == name + "the collector does not answer")
        await output.close()
        try await receiver.finish()
    }

    @Test func `a receiver that never opens the session is left`() async throws {
        try await receiver.start(RELPConduct(offers: nil))
        let output = output { $0.answerTimeout = .milliseconds(200) }
        await book.deliver(Batch(1, of: samples(1, 3)), to: output)
        #expect(await reason(1) == name + "the collector does not answer")
        await output.close()
        try await receiver.finish()
    }

    /// More than the kernels on the way can hold.
    @Test func `a receiver that reads nothing is left`() async throws {
        try await receiver.start(RELPConduct(stalls: true))
        let output = output {
            $0.answerTimeout = .milliseconds(200)
            $0.largestMessage = 1 << 20
        }
        await book.deliver(Batch(1, of: samples(1, 16, padding: 1 << 19)), to: output)
        #expect(await reason(1) == name + "the collector does not answer")
        await output.close()
        try await receiver.finish()
    }

    @Test(arguments: [
        ("500 full\nrelp_version=0\ncommands=syslog", "it refused the session with 500 'full'"),
        ("200 OK", "it names no version of RELP"),
        ("200 OK\nrelp_version=0\ncommands=eventlog", "it does not take the command 'syslog'"),
    ])
    func `offers that no session comes of are a refusal for now, and nothing is sent`(offers: String, why: String) async throws {
        try await receiver.start(RELPConduct(offers: offers), RELPConduct())
        let output = output()
        let batch = Batch(1, of: samples(1, 2))
        await book.deliver(batch, to: output)
        #expect(await reason(1) == name + "the collector does not speak RELP as it should: " + why)
        let second = AnswerBook()
        await second.deliver(batch, to: output)
        #expect(await second.answer(to: 1) == .acknowledged)
        await output.close()
        try await receiver.finish()
        #expect(receiver.taken == samples(1, 2).map(\.json))
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "2 rsp 5 200 OK\n", "99 rsp 6 200 OK\n", "2 rsp 6 200 OK\n2 rsp 6 200 OK\n",
        "2 syslog 0\n",
        "0 serverclose 0\n2 rsp 6 200 OK\n", "2 rsp 4 fine\n", "2 rsp 999999999 ",
    ])
    func `what is no answer acknowledges no batch`(nonsense: String) async throws {
        try await receiver.start(RELPConduct(nonsense: nonsense), RELPConduct())
        let output = output()
        let batch = Batch(1, of: samples(1, 2))
        await book.deliver(batch, to: output)
        #expect(await reason(1).hasPrefix(name))
        await output.close()
        try await receiver.finish()
    }

    @Test func `closing refuses what has no answer`() async throws {
        try await receiver.start(RELPConduct(order: .never))
        let output = output()
        for sequence in 1...3 { await book.deliver(Batch(sequence, of: samples(sequence, 2)), to: output) }
        await output.close()
        for sequence in 1...3 { #expect(await reason(sequence) == name + "the delivery was given up") }
        try await receiver.finish()
        #expect(receiver.farewells == 0)
    }

    @Test func `a window that a receiver keeps full holds the next batch back, and cancellation returns`() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        try await receiver.start(
            RELPConduct(order: .never) { _ in
                arrived.yield()
                return 200
            })
        let output = output(window: 2)
        let (book, batch) = (book, Batch(1, of: samples(1, 3)))
        let delivery = Task { await book.deliver(batch, to: output) }
        var arrival = arrivals.makeAsyncIterator()
        for _ in 1...2 { await arrival.next() }
        #expect(book.answerGiven(to: 1) == nil)
        delivery.cancel()
        await delivery.value
        #expect(await reason(1) == name + "the delivery was given up")
        await output.close()
        try await receiver.finish()
    }

    @Test func `a delivery that is cancelled before there is a connection is refused for now`() async throws {
        try await receiver.start(RELPConduct())
        let output = output()
        let (book, batch) = (book, Batch(1, of: samples(1, 3)))
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { await book.deliver(batch, to: output) }
        }
        #expect(await reason(1) == name + "the delivery was given up")
        await output.close()
        try await receiver.finish()
        #expect(receiver.taken.isEmpty)
    }

    @Test func `the next receiver takes over`() async throws {
        let other = try RELPReceiver()
        try await receiver.start(RELPConduct(mostMessages: 1))
        try await other.start(RELPConduct())
        let output = output { $0.connection.addresses.append(HostPort("127.0.0.1", other.port)) }
        let batch = Batch(1, of: samples(1, 4))
        await book.deliver(batch, to: output)
        _ = await reason(1)
        let second = AnswerBook()
        await second.deliver(batch, to: output)
        #expect(await second.answer(to: 1) == .acknowledged)
        await output.close()
        for receiver in [receiver, other] { try await receiver.finish() }
        #expect(receiver.taken + other.taken == samples(1, 4).map(\.json))
        #expect(other.connectionCount == 1)
    }

    @Test func `a receiver that is down is named with what the system said`() async throws {
        let output = output()
        await book.deliver(Batch(1, of: samples(1, 1)), to: output)
        #expect(await reason(1) == name + "connection refused")
        await output.close()
    }
}
