import AuditCore
import Engine
import EngineTesting
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct FailoverTests {
    private func batch(_ sequence: Int, padding: Int = 0) -> Batch {
        let instant = Instant(seconds: 1_800_000_000)
        return Batch(sequence, of: [SampleAudit(id: SampleAudit.uuid(sequence), instant: instant, padding: padding)])
    }

    @Test func `the next receiver takes over from one that is down, and from one that breaks off`() async throws {
        let first = try TCPReceiver()
        let second = try TCPReceiver()
        let addresses = [first, second].map { HostPort("127.0.0.1", $0.port) }
        let settings = TCPSettings(connection: ConnectionSettings(addresses: addresses))
        let output = StreamOutput(tcp: settings, format: .json, settle: .seconds(3600))
        let book = AnswerBook()

        // Nobody listens on the first port.
        try await second.start(.breaksOff(after: 1000))
        await book.deliver(batch(1, padding: 5000), to: output)
        await output.drain()
        guard case .refusedForNow = await book.answer(to: 1) else {
            Issue.record("a batch was acknowledged by a receiver that broke off")
            return
        }
        // Now the second one has failed later than the first.
        try await first.start(.takesEverything)
        await book.deliver(batch(2), to: output)
        await output.drain()
        #expect(await book.answer(to: 2) == .acknowledged)
        await output.close()
        try await first.finish()
        try await second.finish()
        #expect(first.lines.lines.count == 1)
    }

    @Test func `where all are down, each is named with its reason`() async throws {
        let receivers = [try TCPReceiver(), try TCPReceiver()]
        let addresses = receivers.map { HostPort("127.0.0.1", $0.port) }
        let output = StreamOutput(tcp: TCPSettings(connection: ConnectionSettings(addresses: addresses)), format: .json)
        let book = AnswerBook()
        await book.deliver(batch(1), to: output)
        let names = addresses.map { "\($0): connection refused" }.joined(separator: "; ")
        let all = addresses.map(\.description).joined(separator: ",")
        #expect(await book.answer(to: 1) == .refusedForNow(Refusal("tcp '\(all)': \(names)")))
        await output.close()
        for receiver in receivers { try await receiver.finish() }
    }
}
