import AuditCore
import Engine
import EngineTesting
import FaultScenes
import Foundation
import TestTraits
import Testing

@testable import Outputs

/// The output against the machine's own systemd-journald, read back by journalctl.
@Suite(
    .fewAtATime,
    .enabled(if: Journald.obstacle == nil, Comment(rawValue: Journald.obstacle ?? "")), .timeLimit(.minutes(5)), .serialized)
struct JournaldReceiverTests {
    private func samples(_ count: Int, from first: Int = 0, padding: Int = 0) -> [SampleAudit] {
        (first..<first + count).map {
            SampleAudit(id: SampleAudit.uuid($0), instant: Instant(seconds: 1_800_000_000 + Int64($0)), padding: padding)
        }
    }

    /// Audits with everything that a text can have, as the members of their JSON have it.
    private static let awkward: [(name: String, text: String)] = [
        ("quotes and brackets", #"he said "[x]" and 'y' {z} \ ]"#), ("line ends", "a\nb\r\nc\u{2028}d"), ("emoji", "Zoë 🦊👩‍👩‍👧 日本"),
        ("control characters", "\u{0}\u{1}\u{7}\u{1b}[31m\u{7f}\t"), ("an equals sign", "A=B=C"), ("nothing but space", "  "),
        ("1 MiB", String(repeating: "ä", count: 1 << 19)), ("200 KB", String(repeating: "x", count: 200_000)),
    ]

    @Test(arguments: [JournaldAcknowledgement.readBack, .synchronize, .none])
    func `awkward audits are read back equal, field by field`(_ acknowledgement: JournaldAcknowledgement) async throws {
        let scene = try await JournaldScene([], acknowledgement)
        let lines = JournaldReceiverTests.awkward.enumerated().map { index, item in
            let text = JSONText.quoted(item.text)
            return
                #"{"id":"\#(index)","eventDate":"2026-03-02T08:19:42Z","serviceName":"Architect","action":"Delete","entityType":"Flow","#
                + #""user":{"id":"","name":\#(text)},"entity":{"id":"e","name":\#(text)},"remoteIp":["192.0.2.1","2001:db8::1"],"status":"SUCCESS"}"#
        }
        #expect(await scene.deliver(page(lines)) == .acknowledged)
        if acknowledgement == .none { _ = try await scene.journald.run("journalctl --sync") }
        let entries = try await scene.journald.entries("auditferry")
        try #require(entries.count == lines.count)
        for (index, entry) in entries.enumerated() {
            let text = Array(JournaldReceiverTests.awkward[index].text.utf8)
            #expect(entry["MESSAGE"] == [Array(lines[index].utf8)])
            #expect(entry["GENESYS_USER_NAME"] == [text] && entry["GENESYS_ENTITY_NAME"] == [text])
            #expect(entry["GENESYS_REMOTE_IP"].map(Set.init) == [Array("192.0.2.1".utf8), Array("2001:db8::1".utf8)])
            let expected = [
                "GENESYS_AUDIT_ID": "\(index)", "GENESYS_SERVICE": "Architect", "GENESYS_ACTION": "Delete",
                "GENESYS_ENTITY_ID": "e",
                "GENESYS_ENTITY_TYPE": "Flow", "GENESYS_OUTCOME": "SUCCESS", "GENESYS_EVENT_DATE": "2026-03-02T08:19:42Z",
                "PRIORITY": "5", "SYSLOG_FACILITY": "13", "MESSAGE_ID": JournalFields.auditMessageID,
            ]
            for (name, value) in expected { #expect(entry[name] == [Array(value.utf8)], "\(name)") }
            #expect(entry["GENESYS_USER_ID"] == nil)
        }
        await scene.output.close()
    }

    @Test func `the guarantee is durable where the journal is on disk, and application where it is in memory`() async throws {
        #expect(try await JournaldScene().output.guarantee == .durable)
        let scene = try await JournaldScene(["Storage=volatile"])
        #expect(scene.output.guarantee == .application)
        #expect(await scene.deliver(1, samples(3)) == .acknowledged)
        #expect(try await scene.messages() == samples(3).map(\.json))
        await scene.output.close()
    }

    @Test(arguments: [(JournaldAcknowledgement.readBack, true), (.synchronize, true), (.synchronize, false)])
    func `nothing that was acknowledged is lost when journald is killed, and a killed one is waited for`(
        _ acknowledgement: JournaldAcknowledgement, reads: Bool
    ) async throws {
        let scene = try await JournaldScene([], acknowledgement, reads: reads, bounds: .init(sight: .milliseconds(500)))
        let rounds = 8
        let batches = 10
        for round in 0..<rounds {
            let first = round * batches
            async let deliveries: Void = deliver(first..<first + batches, to: scene)
            // In the middle of some batch, earlier or later in the round.
            if round > 0 { _ = await scene.book.answer(to: first + round - 1) }
            try await scene.journald.kill()
            await deliveries
            #expect(await scene.deliver(1000 + round, samples(1)).refusedForNow?.contains("connection refused") == true)
            try await scene.journald.start()
        }
        let acknowledged = (0..<rounds * batches).filter { scene.book.answerGiven(to: $0) == .acknowledged }
        #expect(!acknowledged.isEmpty)
        #expect(acknowledged.count < rounds * batches)
        let stored = try await scene.messages()
        let owed = Set(acknowledged.flatMap { samples(50, from: $0 * 50, padding: 100).map(\.json) })
        #expect(owed.subtracting(stored).isEmpty)
        await scene.output.close()
    }

    /// Batches of 50 audits, each once, whatever the answer.
    private func deliver(_ sequences: Range<Int>, to scene: JournaldScene) async {
        for sequence in sequences {
            let page = AuditPage(of: samples(50, from: sequence * 50, padding: 100))
            await scene.book.deliver(Batch(sequence: sequence, page: page, audits: page.audits), to: scene.output)
        }
    }

    @Test func `a missing socket is refused for now`() async throws {
        let scene = try await JournaldScene([], .readBack, isStarted: false)
        #expect(await scene.deliver(1, samples(1)).refusedForNow?.hasSuffix(": no such file or directory") == true)
        try await scene.journald.start()
        #expect(await scene.deliver(1, samples(1)) == .acknowledged)
        await scene.output.close()
    }

    @Test(arguments: [JournaldAcknowledgement.readBack, .synchronize, .none])
    func `a stopped journald is waited for no longer than the bound`(_ acknowledgement: JournaldAcknowledgement) async throws {
        let scene = try await JournaldScene([], acknowledgement)
        let impatient = scene.makeOutput(.init(stall: .milliseconds(300), answer: .milliseconds(300)))
        #expect(await scene.deliver(1, samples(5)) == .acknowledged)
        scene.journald.pause()
        for count in [2, 400] { #expect(await scene.deliver(2, samples(count, from: 5), to: impatient).refusedForNow != nil) }
        await impatient.close()
        scene.journald.resume()
        #expect(await scene.deliver(2, samples(400, from: 5)) == .acknowledged)
        #expect(Set(samples(405).map(\.json)).isSubset(of: try await scene.messages()))
        await scene.output.close()
    }

    @Test func `what journald keeps out by its levels is never acknowledged`() async throws {
        let scene = try await JournaldScene(["MaxLevelStore=warning"], bounds: .init(sight: .milliseconds(300)))
        let refusal = await scene.deliver(1, samples(7)).refusedForNow
        #expect(refusal?.hasPrefix("journald: 7 of 7 entries did not come into the journal") == true, "\(refusal ?? "")")
        #expect(try await scene.messages().isEmpty)
        await scene.output.close()
    }

    @Test func `files that journald turns over while audits are delivered are found and synced`() async throws {
        let scene = try await JournaldScene(["SystemMaxFileSize=1M", "Compress=no"])
        for round in 0..<10 {
            #expect(await scene.deliver(round + 1, samples(100, from: round * 100, padding: 5000)) == .acknowledged)
        }
        let files = try FileManager.default.contentsOfDirectory(
            atPath: "\(scene.journald.root)/var/log/journal/\(scene.journald.machine)")
        #expect(files.count { $0.contains("@") } > 1)
        #expect(try await scene.messages() == samples(1000, padding: 5000).map(\.json))
        await scene.output.close()
    }

    private func page(_ lines: [String]) -> Batch {
        var bytes: [UInt8] = []
        let audits = lines.map { line in
            let start = bytes.count
            bytes += line.utf8
            return RawAudit(id: nil, instant: nil, start: start, end: bytes.count, hasWhitespace: false)
        }
        return Batch(sequence: 1, page: AuditPage(bytes: bytes, audits: audits), audits: audits)
    }
}
