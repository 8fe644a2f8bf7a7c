import AuditCore
import Engine
import EngineTesting
import Formats
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct SyslogDatagramTests {
    private func batch(_ sequence: Int, padding: [Int]) -> Batch {
        Batch(
            sequence,
            of: padding.enumerated().map {
                SampleAudit(
                    id: SampleAudit.uuid(sequence * 100 + $0.offset), instant: Instant(seconds: 1_800_000_000),
                    padding: $0.element)
            })
    }

    private func answer(_ output: any Output, _ batch: Batch) async -> Answer {
        let book = AnswerBook()
        await book.deliver(batch, to: output)
        return await book.answer(to: batch.sequence)
    }

    @Test func `over UDP every message is sent by itself, and what no datagram carries is refused by its place`() async throws {
        let receiver = try SocketReceiver(.udp)
        try receiver.start(.takesEverything)
        let settings = SyslogSettings(transport: .udp([HostPort("localhost", receiver.port)]))
        #expect(settings.guarantee == .none)
        let output = settings.makeOutput(format: .json)
        #expect(await answer(output, batch(1, padding: [0, 60_000, 0])) == .acknowledged)
        guard case .acknowledgedExcept([1], _) = await answer(output, batch(2, padding: [0, 70_000, 0])) else {
            Issue.record("a message that no datagram carries was not refused")
            return
        }
        await output.close()
        try await receiver.finish()
        #expect(receiver.whole.count == 5)
        #expect(receiver.whole.allSatisfy { $0.hasPrefix("<109>1 2027-") })
    }

    /// The kernel says so at the next send, and of that one alone.
    @Test func `over UDP a host that refuses is noticed at last`() async throws {
        let receiver = try SocketReceiver(.udp)
        let port = receiver.port
        try await receiver.finish()
        let output = SyslogSettings(transport: .udp([HostPort("127.0.0.1", port)])).makeOutput(format: .json)
        #expect(
            await answer(output, batch(1, padding: Array(repeating: 0, count: 50)))
                == .refusedForNow(Refusal("syslog over udp 127.0.0.1:\(port): connection refused")))
        await output.close()
    }

    @Test func `a limit of the user's own holds for every transport`() async throws {
        let receiver = try SocketReceiver(.udp)
        try receiver.start(.takesEverything)
        var settings = SyslogSettings(transport: .udp([HostPort("127.0.0.1", receiver.port)]))
        settings.largestMessage = 1000
        let output = settings.makeOutput(format: .json)
        guard case .acknowledgedExcept([0, 2], _) = await answer(output, batch(1, padding: [2000, 0, 3000])) else {
            Issue.record("the limit was not kept")
            return
        }
        await output.close()
        try await receiver.finish()
        #expect(receiver.whole.count == 1)
    }

    @Test func `a path that is no socket is refused with the reason`() async throws {
        let directory = try TemporaryDirectory()
        let output = SyslogSettings(transport: .unix(path: directory.file("log"))).makeOutput(format: .json)
        #expect(
            await answer(output, batch(1, padding: [0]))
                == .refusedForNow(Refusal("syslog over unix \(directory.file("log")): no such file or directory")))
        await output.close()
    }
}
