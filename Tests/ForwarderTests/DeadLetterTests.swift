import AuditCore
import Engine
import EngineTesting
import Foundation
import Logging
import Outputs
import TestTraits
import Testing

@testable import Forwarder

private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite(.fewAtATime) struct `Dead letters` {
    /// A directory with an offset file's name in it, and letters of the output `siem`.
    struct Bench {
        let directory: String
        let settings: DeliverySettings
        let definition: OutputDefinition
        var path: String { directory + "/siem.rejected.ndjson" }
        var asidePath: String { path + ".replaying" }

        func lines(_ path: String) -> [String] {
            let bytes = FileManager.default.contents(atPath: path) ?? Data()
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }

        /// Audits of this letter file by their ids, in order.
        func ids() throws -> [String?] {
            try DeadLetterList.load(settings, output: "siem").files.flatMap { $0.letters.map(\.id) }
        }

        func keep(_ ids: [String?], reason: String = "too odd") async throws {
            let letters = DeadLetterFile(path: path, output: "siem", logger: silent) { Instant(seconds: 1_772_000_000) }
            let page = AuditPage(of: ids.map { SampleAudit(id: $0, instant: Instant(seconds: 1)) }, spaced: true)
            try await letters.keep(page.audits, of: page, reason: reason)
            await letters.close()
        }

        func append(_ text: String) throws {
            let before = FileManager.default.contents(atPath: path) ?? Data()
            try (before + Data(text.utf8)).write(to: URL(fileURLWithPath: path))
        }

        func replay(
            to output: any Output, signals: AsyncStream<RunSignal> = AsyncStream { $0.finish() }
        ) async throws -> DeadLetterReplay.Outcome {
            try await DeadLetterReplay(definition, of: settings, logger: silent) { output }.run(signals: signals)
        }
    }

    private func withBench(events: Int = 2, _ body: (Bench) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "dead-letters-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let yaml = """
            genesys: {client_secret: "${NOT_SET}"}
            offsets: {path: \(directory)/offsets.db}
            outputs:
              siem: {type: tcp, address: "127.0.0.1:9", batch: {events: \(events)}}
              other: {type: stdout, dead_letter: \(directory)/elsewhere}
            shutdown_timeout: 1s
            """
        let settings = try DeliverySettings.load(
            environment: ["HOME": "/home/ana"], files: MemoryFiles(["/home/ana/auditferry.yaml": yaml]))
        try await body(Bench(directory: directory, settings: settings, definition: try #require(settings.chosen.first)))
    }

    @Test func `are listed by output, with time, id and reason`() async throws {
        try await withBench { bench in
            #expect(try DeadLetterList.load(bench.settings).lines == ["no output has dead letters"])
            #expect(try DeadLetterList.load(bench.settings).json == "[]")
            try await bench.keep(["a", nil], reason: "odd\u{1b}[2J")
            let list = try DeadLetterList.load(bench.settings)
            #expect(
                list.lines == [
                    "output siem: 2 letters in \(bench.path)", "  2026-02-25T06:13:20Z id a: odd\u{fffd}[2J",
                    "  2026-02-25T06:13:20Z no id: odd\u{fffd}[2J",
                ])
            #expect(list.json.contains(#""letters":[{"id":"a","reason":"odd\u001b[2J","time":"2026-02-25T06:13:20Z"},{"reason""#))
            #expect(list.failure == nil)
            let unknown = await Failure.of { _ = try DeadLetterList.load(bench.settings, output: "seim") }
            #expect(unknown?.code == .data && unknown?.hint == "there are 'other', 'siem'")
        }
    }

    @Test func `of an output that a flag made are listed too`() async throws {
        try await withBench { bench in
            try await bench.keep(["a"])
            try FileManager.default.moveItem(atPath: bench.path, toPath: bench.directory + "/tcp-a-1.rejected.ndjson")
            #expect(try DeadLetterList.load(bench.settings).files.map(\.output) == ["tcp-a-1"])
            #expect(try DeadLetterList.load(bench.settings, output: "tcp-a-1").files.map(\.letters.count) == [1])
        }
    }

    @Test func `are gone when the output acknowledges them`() async throws {
        try await withBench { bench in
            try await bench.keep(["a", "b", "c", nil, nil, "d"])
            let output = RecordingOutput(window: 2)
            let outcome = try await bench.replay(to: output)
            #expect(outcome == .init(delivered: 6))
            #expect(output.taken == ["a", "b", "c", "d"].map { AuditID($0) })
            #expect(output.drains == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.directory) == [])
            #expect(try await bench.replay(to: output) == .init())
            #expect(output.taken.count == 4)
        }
    }

    @Test func `that are refused for good stay, with the new reason and the same body`() async throws {
        try await withBench { bench in
            try await bench.keep(["a", "b", "c"])
            let bodies = bench.lines(bench.path).map { $0.split(separator: "\"audit\":")[1] }
            let outcome = try await bench.replay(to: RecordingOutput(answers: [.refusedForGood(Refusal("still \"odd\""))]))
            #expect(outcome == .init(delivered: 1, refused: 2) && outcome.failure(of: "siem", path: bench.path) == nil)
            let list = try DeadLetterList.load(bench.settings)
            #expect(list.files.map(\.path) == [bench.path])
            #expect(list.files[0].letters.map(\.id) == ["a", "b"])
            #expect(list.files[0].letters.map(\.reason) == ["still \"odd\"", "still \"odd\""])
            #expect(bench.lines(bench.path).map { $0.split(separator: "\"audit\":")[1] } == Array(bodies[..<2]))
        }
    }

    @Test func `that cannot be taken now stay as they are, with all that come after them`() async throws {
        try await withBench { bench in
            try await bench.keep(["a", "b", "c", "d", "e"])
            let before = bench.lines(bench.path)
            let output = RecordingOutput(answers: [.acknowledged, .refusedForNow(Refusal("siem is down"))])
            let outcome = try await bench.replay(to: output)
            #expect(outcome == .init(delivered: 2, unreached: 3, reason: "siem is down"))
            let failure = outcome.failure(of: "siem", path: bench.path)
            #expect(failure?.code == .unreachable)
            #expect(failure?.problems == ["output 'siem' took no more letters: siem is down"])
            #expect(bench.lines(bench.path) == Array(before[2...]))
            #expect(output.taken.count == 2)
        }
    }

    @Test func `that are damaged are kept and named, and stop nothing`() async throws {
        try await withBench { bench in
            try await bench.keep(["a"])
            try bench.append("no json\n{\"time\":\"t\",\"audit\":{}}\n")
            try await bench.keep(["b"])
            try bench.append("{\"time\":\"2026")
            let list = try DeadLetterList.load(bench.settings)
            #expect(list.files[0].letters.map(\.id) == ["a", "b"] && list.files[0].damaged == [2, 3, 5])
            #expect(list.failure?.code == .data)
            let outcome = try await bench.replay(to: RecordingOutput())
            #expect(outcome == .init(delivered: 2, damaged: [2, 3, 5]))
            let failure = outcome.failure(of: "siem", path: bench.path)
            #expect(failure?.code == .data)
            #expect(failure?.message == "dead letters '\(bench.path)': line 2 is damaged, and stays")
            #expect(bench.lines(bench.path) == ["no json", "{\"time\":\"t\",\"audit\":{}}", "{\"time\":\"2026"])
        }
    }

    @Test func `that a killed replay left aside are found by the list and by the next replay`() async throws {
        try await withBench { bench in
            try await bench.keep(["a", "b"])
            try FileManager.default.moveItem(atPath: bench.path, toPath: bench.asidePath)
            #expect(try bench.ids() == ["a", "b"])
            try await bench.keep(["c"])
            #expect(try bench.ids() == ["a", "b", "c"])
            let output = RecordingOutput()
            #expect(try await bench.replay(to: output) == .init(delivered: 3))
            #expect(Set(output.taken) == Set(["a", "b", "c"].map { AuditID($0) }))
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.directory) == [])
        }
    }

    @Test func `that are kept while others are replayed are not touched`() async throws {
        try await withBench { bench in
            try await bench.keep(["a", "b"])
            let outcome = try await bench.replay(
                to: MeddlingOutput {
                    try await bench.keep(["new"])
                    let second = await Failure.of { _ = try await bench.replay(to: RecordingOutput()) }
                    #expect(second?.code == .locked)
                    #expect(try bench.ids() == ["a", "b", "new"])
                })
            #expect(outcome == .init(delivered: 2))
            #expect(try bench.ids() == ["new"])
        }
    }

    @Test func `stay when the replay is stopped before they are handed in`() async throws {
        try await withBench { bench in
            try await bench.keep(["a", "b", "c"])
            let (signals, signal) = AsyncStream.makeStream(of: RunSignal.self)
            let outcome = try await bench.replay(to: StoppingOutput { signal.yield(.stop) }, signals: signals)
            #expect(outcome == .init(unreached: 3, isStopped: true))
            #expect(outcome.failure(of: "siem", path: bench.path) == nil)
            #expect(try bench.ids() == ["a", "b", "c"])
        }
    }
}

/// Does something before it acknowledges.
private struct MeddlingOutput: Output {
    let guarantee = Guarantee.application
    let window = 1
    let meddle: @Sendable () async throws -> Void

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        do { try await meddle() } catch { Issue.record(error) }
        answer(.acknowledged)
    }

    func close() async {}
}

/// Takes a batch and never answers, until it is cancelled.
private final class StoppingOutput: Output {
    let guarantee = Guarantee.application
    let window = 1
    private let taken: @Sendable () -> Void

    init(taken: @escaping @Sendable () -> Void) { self.taken = taken }

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        taken()
        try? await Task.sleep(for: .seconds(3600))
    }

    func close() async {}
}
