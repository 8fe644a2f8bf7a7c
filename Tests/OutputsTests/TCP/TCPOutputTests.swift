import AuditCore
import Engine
import EngineTesting
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct TCPOutputTests {
    private let receiver: TCPReceiver

    init() throws { receiver = try TCPReceiver() }

    private func output(to other: TCPReceiver? = nil, settle: Duration = .seconds(3600)) -> StreamOutput {
        let settings = TCPSettings(host: "127.0.0.1", port: (other ?? receiver).port)
        return StreamOutput(tcp: settings, format: .json, settle: settle)
    }

    private func batch(_ sequence: Int, padding: Int = 0) -> Batch {
        let instant = Instant(seconds: 1_800_000_000)
        return Batch(sequence, of: [SampleAudit(id: SampleAudit.uuid(sequence), instant: instant, padding: padding)])
    }

    @Test func `a connection that stays sound acknowledges without being closed`() async throws {
        try await receiver.start(.takesEverything)
        let output = output(settle: .milliseconds(50))
        let book = AnswerBook()
        for sequence in 1...3 { await book.deliver(batch(sequence), to: output) }
        for sequence in 1...3 { #expect(await book.answer(to: sequence) == .acknowledged) }
        #expect(book.order == [1, 2, 3])
        await output.close()
        try await receiver.finish()
    }

    /// The kernel of the receiver has acknowledged every byte; then its process dies, and they with it.
    @Test func `bytes that die unread in the receiver's kernel are not acknowledged`() async throws {
        try await receiver.start(.breaksOff(after: 0))
        let output = output()
        let book = AnswerBook()
        for sequence in 1...20 { await book.deliver(batch(sequence, padding: 2000), to: output) }
        await output.drain()
        var acknowledged = 0
        for sequence in 1...20 where await book.answer(to: sequence) == .acknowledged { acknowledged += 1 }
        await output.close()
        try await receiver.finish()
        #expect(acknowledged <= receiver.lines.lines.count)
        try book.check()
    }

    @Test func `closing refuses what a stalled receiver has not confirmed`() async throws {
        try await receiver.start(.stalls)
        let output = output()
        let book = AnswerBook()
        for sequence in 1...3 { await book.deliver(batch(sequence), to: output) }
        await output.close()
        for sequence in 1...3 {
            guard case .refusedForNow = await book.answer(to: sequence) else {
                Issue.record("batch \(sequence) was acknowledged")
                continue
            }
        }
        try await receiver.finish()
    }

    @Test func `a refusal names the receiver and what the system said`() async throws {
        let output = output()
        let book = AnswerBook()
        await book.deliver(batch(1), to: output)
        #expect(await book.answer(to: 1) == .refusedForNow(Refusal("tcp '127.0.0.1:\(receiver.port)': connection refused")))
        await output.close()
        try await receiver.finish()
    }

    @Test func `a name that does not exist is refused for now`() async throws {
        let output = StreamOutput(tcp: TCPSettings(host: "collector.invalid", port: 514), format: .json)
        let book = AnswerBook()
        await book.deliver(batch(1), to: output)
        guard case .refusedForNow(let refusal) = await book.answer(to: 1) else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.reason.contains("name 'collector.invalid' cannot be resolved"))
        await output.close()
        try await receiver.finish()
    }

    @Test func `a batch after which more than the peer's window was acknowledged is confirmed without closing`() async throws {
        let receiver = try TCPReceiver(receiveBytes: 1 << 16)
        try await receiver.start(.takesEverything)
        let output = output(to: receiver)
        let book = AnswerBook()
        for sequence in 1...8 { await book.deliver(batch(sequence, padding: 1 << 18), to: output) }
        #expect(await book.answer(to: 1) == .acknowledged)
        #expect(book.answerGiven(to: 8) == nil)
        await output.close()
        try await receiver.finish()
    }
}
