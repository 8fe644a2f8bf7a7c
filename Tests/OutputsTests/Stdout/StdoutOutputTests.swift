import AuditCore
import Engine
import EngineTesting
import Formats
import Glibc
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct StdoutOutputTests {
    private static let batch = Batch(1, of: [SampleAudit(id: SampleAudit.uuid(1), instant: Instant(seconds: 1_800_000_000))])

    @Test func `a reader that has gone ends the run, and the batch is not acknowledged`() async throws {
        let receiver = try DescriptorReceiver()
        receiver.start(.breaksOff(after: 0))
        let output = StdoutOutput(format: .json, descriptor: receiver.writer)
        let book = AnswerBook()
        await book.deliver(StdoutOutputTests.batch, to: output)
        #expect(await book.answer(to: 1) == .refusedForNow(Refusal("stdout was closed by its reader", isFinal: true)))
        await output.close()
        try await receiver.finish()
    }

    /// The kernel drops what is in a pipe when its last reader goes.
    @Test func `what a pipe holds and nobody has read is not acknowledged`() async throws {
        let receiver = try DescriptorReceiver()
        receiver.start(.stalls)
        let output = StdoutOutput(format: .json, descriptor: receiver.writer)
        let book = AnswerBook()
        await withTaskGroup { group in
            group.addTask { await book.deliver(StdoutOutputTests.batch, to: output) }
            // The bytes are in the pipe, which has room for them, and stay there.
            while !receiver.hasWaiting { await Task.yield() }
            #expect(book.answerGiven(to: 1) == nil)
            group.cancelAll()
        }
        guard case .refusedForNow(let refusal) = await book.answer(to: 1) else {
            Issue.record("it was acknowledged")
            return
        }
        #expect(!refusal.isFinal)
        await output.close()
        try await receiver.finish()
    }

    @Test func `each line begins with its severity when asked`() async throws {
        let receiver = try DescriptorReceiver()
        receiver.start(.takesEverything)
        let output = StdoutOutput(format: .json, priorities: SeverityRules(), descriptor: receiver.writer)
        let book = AnswerBook()
        await book.deliver(StdoutOutputTests.batch, to: output)
        #expect(await book.answer(to: 1) == .acknowledged)
        await output.close()
        try await receiver.finish()
        #expect(receiver.lines.lines.map { $0.prefix(7) } == ["<5>{\"id"])
    }

    @Test func `a full device is refused for now`() async throws {
        let full = open("/dev/full", O_WRONLY)
        let output = StdoutOutput(format: .json, descriptor: full)
        let book = AnswerBook()
        await book.deliver(StdoutOutputTests.batch, to: output)
        #expect(await book.answer(to: 1) == .refusedForNow(Refusal("stdout: no space left on device")))
        await output.close()
        close(full)
    }
}
