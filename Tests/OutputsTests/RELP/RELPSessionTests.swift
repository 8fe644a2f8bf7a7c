import AuditCore
import Engine
import EngineTesting
import Formats
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime)
struct RELPSessionTests {
    private static let offers = "200 OK\nrelp_version=0\ncommands=syslog"

    private func messages(_ sequence: Int, _ count: Int, upTo largest: Int = 1 << 20, paddings: [Int] = []) -> RELPMessages {
        let samples = (0..<count).map {
            SampleAudit(
                id: SampleAudit.uuid(sequence * 1000 + $0), instant: Instant(seconds: 1_800_000_000),
                padding: paddings.isEmpty ? 0 : paddings[$0])
        }
        return RELPMessages(Batch(sequence, of: samples), as: .event(.json), upTo: largest)
    }

    private func open(window: Int = 128, last: Int = 0) throws -> RELPSession {
        var session = RELPSession(window: window, last: last)
        let frame = try parsed(session.open())[0]
        #expect(frame.command == "open")
        #expect(try session.received(rsp(frame.transaction, RELPSessionTests.offers)) == .opened)
        return session
    }

    private func rsp(_ transaction: Int, _ text: String = "200 OK") -> RELPFrame {
        RELPFrame(transaction: transaction, command: "rsp", data: Array(text.utf8))
    }

    private func parsed(_ bytes: [UInt8]) throws -> [RELPFrame] {
        var parser = RELPParser(largestData: 1 << 20)
        return try parser.parse(bytes)
    }

    private func sent(_ session: inout RELPSession) throws -> (transactions: [Int], finished: [Int]) {
        var bytes: [UInt8] = []
        let finished = session.send(into: &bytes)
        let frames = try parsed(bytes)
        #expect(frames.allSatisfy { $0.command == "syslog" })
        return (frames.map(\.transaction), finished)
    }

    @Test func `it begins with transaction 1, and offers version 0`() throws {
        var session = RELPSession(window: 1)
        #expect(
            String(decoding: session.open(), as: UTF8.self)
                == "1 open 55 relp_version=0\nrelp_software=auditferry\ncommands=syslog\n")
        #expect(session.isOwed && !session.isOpen)
    }

    @Test func `nothing is sent before the session is open`() throws {
        var session = RELPSession(window: 9)
        session.take(messages(1, 3))
        #expect(try sent(&session).transactions.isEmpty)
        _ = session.open()
        #expect(try sent(&session).transactions.isEmpty)
        _ = try session.received(rsp(1, RELPSessionTests.offers))
        #expect(try sent(&session) == ([2, 3, 4], [1]))
    }

    @Test func `a batch is settled by its last answer, in whatever order they come`() throws {
        var session = try open()
        session.take(messages(1, 2))
        session.take(messages(2, 2))
        #expect(try sent(&session) == ([2, 3, 4, 5], [1, 2]))
        #expect(try session.received(rsp(5)) == nil)
        #expect(try session.received(rsp(3)) == nil)
        #expect(try session.received(rsp(4)) == .settled(RELPTally(sequence: 2, unanswered: 0, taken: [1, 0])))
        #expect(session.isOwed && session.isBusy)
        #expect(try session.received(rsp(2)) == .settled(RELPTally(sequence: 1, unanswered: 0, taken: [1, 0])))
        #expect(!session.isOwed && !session.isBusy)
    }

    @Test func `no more messages than the window are without an answer`() throws {
        var session = try open(window: 2)
        session.take(messages(1, 4))
        #expect(try sent(&session) == ([2, 3], []))
        #expect(try sent(&session) == ([], []))
        _ = try session.received(rsp(3))
        #expect(try sent(&session) == ([4], []))
        _ = try session.received(rsp(2))
        #expect(try sent(&session) == ([5], [1]))
    }

    @Test func `any code but 200 means that the message was not taken`() throws {
        var session = try open()
        session.take(messages(1, 3))
        _ = try sent(&session)
        _ = try session.received(rsp(2, "500 error"))
        _ = try session.received(rsp(3))
        let tally = RELPTally(
            sequence: 1, unanswered: 0, taken: [1], refused: [.init(place: 0, code: 500), .init(place: 2, code: 201)])
        #expect(try session.received(rsp(4, "201")) == .settled(tally))
    }

    @Test func `what has no answer when it ends has not been taken`() throws {
        var session = try open(window: 2)
        session.take(messages(1, 3))
        _ = try sent(&session)
        _ = try session.received(rsp(3))
        session.take(messages(2, 1))
        #expect(try session.received(RELPFrame(transaction: 0, command: "serverclose")) == .ended)
        #expect(
            session.end() == [
                RELPTally(sequence: 1, unanswered: 2, taken: [1]), RELPTally(sequence: 2, unanswered: 1),
            ])
        #expect(!session.isOwed && !session.isBusy && session.end().isEmpty)
        #expect(try sent(&session).transactions.isEmpty)
    }

    @Test func `transactions begin anew after 999,999,999, and pass over those that wait`() throws {
        var session = try open(window: 3, last: 999_999_997)
        session.take(messages(1, 5))
        #expect(try sent(&session).transactions == [999_999_999, 1, 2])
        _ = try session.received(rsp(1))
        #expect(try sent(&session).transactions == [3])
        #expect(try session.received(rsp(999_999_999)) == nil)
        #expect(try sent(&session) == ([4], [1]))
    }

    @Test func `a transaction that waits is not used again`() throws {
        var session = try open(window: 2, last: 999_999_998)
        session.take(messages(1, 1))
        #expect(try sent(&session).transactions == [1])
        session.take(messages(2, 2))
        #expect(try sent(&session).transactions == [2])
    }

    @Test(arguments: [
        RELPFrame(transaction: 9, command: "rsp", data: Array("200 OK".utf8)), RELPFrame(transaction: 2, command: "rsp"),
        RELPFrame(transaction: 2, command: "rsp", data: Array("fine".utf8)),
        RELPFrame(transaction: 2, command: "syslog", data: Array("x".utf8)),
    ])
    func `an answer that is none is a breach, and settles nothing`(frame: RELPFrame) throws {
        var session = try open()
        session.take(messages(1, 1))
        _ = try sent(&session)
        let outcome = Result { try session.received(frame) }
        #expect(throws: RELPBreach.self) { try outcome.get() }
        #expect(session.end() == [RELPTally(sequence: 1, unanswered: 1)])
    }

    @Test func `the same answer twice is a breach`() throws {
        var session = try open()
        session.take(messages(1, 2))
        _ = try sent(&session)
        _ = try session.received(rsp(2))
        let again = Result { try session.received(rsp(2)) }
        #expect(throws: RELPBreach.self) { try again.get() }
    }

    @Test func `an unknown hint is passed over`() throws {
        var session = try open()
        #expect(try session.received(RELPFrame(transaction: 0, command: "weather", data: [1, 2])) == nil)
        #expect(session.isOpen)
    }

    @Test func `it is closed when nothing is owed, and ends with the answer, which may be empty`() throws {
        var session = try open()
        session.take(messages(1, 1))
        _ = try sent(&session)
        #expect(session.close() == nil)
        _ = try session.received(rsp(2))
        #expect(session.close() == Array("3 close 0\n".utf8))
        #expect(session.isOwed && !session.isOpen)
        #expect(try session.received(RELPFrame(transaction: 3, command: "rsp")) == .ended)
    }

    @Test func `messages that are too large are left out`() throws {
        let size = messages(1, 1).payload(0).count
        let messages = messages(1, 3, upTo: size, paddings: [0, 1, 0])
        #expect(messages.places == [0, 2] && messages.tooLarge == [1])
        #expect(messages.payload(1).count == size)
    }
}

@Suite(.fewAtATime)
struct RELPPatienceTests {
    private typealias Look = (progress: RELPPatience.Progress, isOwed: Bool, second: Int)

    private func look(_ answers: UInt64, _ bytes: UInt64, owed: Bool = true, at second: Int) -> Look {
        (RELPPatience.Progress(answers: answers, bytes: bytes), owed, second)
    }

    /// The second at which patience of 8 seconds ended; `nil` where it did not.
    private func end(of looks: [Look]) -> Int? {
        var patience = RELPPatience(limit: .seconds(8))
        return looks.first { patience.look($0.progress, isOwed: $0.isOwed, at: .seconds($0.second)) }?.second
    }

    @Test func `patience ends where nothing comes and nothing goes`() {
        #expect(end(of: [look(1, 10, at: 100), look(1, 10, at: 107), look(1, 10, at: 108)]) == 108)
    }

    @Test func `an answer and a byte that went are progress`() {
        let looks = [look(1, 10, at: 0), look(2, 10, at: 8), look(2, 11, at: 15), look(2, 11, at: 22), look(2, 11, at: 23)]
        #expect(end(of: looks) == 23)
    }

    @Test func `a peer that owes nothing may be silent`() {
        let looks = [look(1, 10, at: 0), look(1, 10, owed: false, at: 50), look(1, 10, at: 99), look(1, 10, at: 106)]
        #expect(end(of: looks) == nil)
    }
}

@Suite(.fewAtATime)
struct RELPProgressTests {
    private let progress = RELPProgress(name: "relp", largest: 100)

    private func refusing(_ places: [Int], taken: [Int] = [], of sequence: Int = 1) -> RELPTally {
        RELPTally(
            sequence: sequence, unanswered: 0, taken: taken, refused: places.map { .init(place: $0, code: 500) })
    }

    private func taken(of sequence: Int, from start: Int = 0) -> Set<Int> {
        let samples = (0..<4).map {
            SampleAudit(id: SampleAudit.uuid(sequence * 100 + start + $0), instant: Instant(seconds: 1_800_000_000))
        }
        return progress.taken(of: Batch(sequence, of: samples))
    }

    private func answer(_ tally: RELPTally, tooLarge: [Int] = [], failure: Refusal? = nil) -> Answer {
        _ = taken(of: tally.sequence)
        return progress.answer(to: tally, tooLarge: tooLarge, failure: failure)
    }

    private func isForNow(_ answer: Answer) -> Bool {
        if case .refusedForNow = answer { true } else { false }
    }

    @Test func `what was taken before a break is remembered until the batch is acknowledged`() {
        let broken = RELPTally(sequence: 1, unanswered: 2, taken: [0, 2])
        #expect(answer(broken, failure: Refusal("gone")) == .refusedForNow(Refusal("gone")))
        #expect(taken(of: 1) == [0, 2])
        #expect(taken(of: 2) == [])
        #expect(answer(RELPTally(sequence: 1, unanswered: 0, taken: [1, 3])) == .acknowledged)
        #expect(taken(of: 1) == [])
    }

    @Test func `of another batch with the same number nothing is known`() {
        let broken = RELPTally(sequence: 1, unanswered: 2, taken: [0, 2])
        #expect(isForNow(answer(broken, failure: Refusal("gone"))))
        #expect(taken(of: 1, from: 1) == [])
        #expect(taken(of: 1) == [])
    }

    @Test func `a refusal is for now, and names the code`() {
        #expect(
            answer(refusing([1, 3], taken: [0]))
                == .refusedForNow(Refusal("relp: the collector answered 2 of the events with 500")))
        #expect(taken(of: 1) == [0])
    }

    @Test func `a message that is refused while others are taken is refused for good in the end`() {
        #expect(isForNow(answer(refusing([1], taken: [0, 2]))))
        for _ in 2..<RELPProgress.mostRefusals { #expect(isForNow(answer(refusing([1])))) }
        let reason = "relp: the collector answered the event with 500 10 times, and took others"
        #expect(
            answer(refusing([1]), tooLarge: [3])
                == .acknowledgedExcept([1, 3], Refusal("relp: the event is larger than 100 bytes, or \(reason.dropFirst(6))")))
    }

    @Test func `a receiver that takes nothing refuses for now as long as it likes`() {
        for _ in 0..<100 { #expect(isForNow(answer(refusing([0, 1])))) }
        #expect(answer(RELPTally(sequence: 2, unanswered: 0, taken: [0])) == .acknowledged)
        guard case .acknowledgedExcept([0, 1], _) = answer(refusing([0, 1])) else {
            Issue.record("it was not refused for good")
            return
        }
    }

    @Test func `refusals before a success do not count`() {
        for _ in 0..<100 { #expect(isForNow(answer(refusing([0], taken: [])))) }
        let broken = RELPTally(sequence: 1, unanswered: 1, taken: [0])
        #expect(isForNow(answer(broken, failure: Refusal("gone"))))
        #expect(isForNow(answer(refusing([1], taken: []))))
    }

    @Test func `too large is for good at once`() {
        let refusal = Refusal("relp: the event is larger than 100 bytes")
        #expect(answer(RELPTally(sequence: 1, unanswered: 0), tooLarge: [0]) == .acknowledgedExcept([0], refusal))
    }

    @Test func `so many batches are remembered, the latest of them`() {
        for sequence in 1...(RELPProgress.mostBatches + 1) {
            #expect(isForNow(answer(refusing([1], taken: [0], of: sequence))))
        }
        #expect(taken(of: 1) == [])
        #expect(taken(of: 2) == [0])
        #expect(taken(of: RELPProgress.mostBatches + 1) == [0])
    }
}
