import AuditCore
import Engine
import EngineTesting
import Foundation
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime)
struct DeadLetterFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func file(_ path: String) -> DeadLetterFile {
        DeadLetterFile(path: path, output: "si\"em", logger: .silent) { Instant(seconds: 1_800_000_000) }
    }

    @Test func `each letter is one line with the time, the output, the reason and the audit`() async throws {
        let path = directory.file("dead.ndjson")
        let letters = file(path)
        let samples = [
            SampleAudit(id: "a", instant: Instant(seconds: 1)),
            SampleAudit(id: nil, instant: Instant(seconds: 2), service: "x\ny"),
        ]
        let page = AuditPage(of: samples, spaced: true)
        try await letters.keep(page.audits, of: page, reason: "field \"x\"\nis\u{1}bad")
        try await letters.keep([page.audits[0]], of: page, reason: "again")
        await letters.close()
        let head = #"{"time":"2027-01-15T08:00:00Z","output":"si\"em","reason":"#
        #expect(
            try TemporaryDirectory.lines(path) == [
                head + #""field \"x\"\nis\u0001bad","audit":"# + samples[0].json + "}",
                head + #""field \"x\"\nis\u0001bad","audit":"# + samples[1].json + "}",
                head + #""again","audit":"# + samples[0].json + "}",
            ])
    }

    @Test func `a file that cannot be written is an error, and nothing is taken for kept`() async throws {
        let letters = file("/dev/null/dead.ndjson")
        let page = AuditPage(of: [SampleAudit(id: "a", instant: Instant(seconds: 1))])
        await #expect(throws: (any Error).self) { try await letters.keep(page.audits, of: page, reason: "bad") }
        await letters.close()
    }

    @Test func `a body is kept byte for byte, whatever is in it`() async throws {
        let path = directory.file("dead.ndjson")
        let letters = file(path)
        // Escapes as they were written, a NUL, a byte that is no UTF-8, a number that no type holds, a key that stands twice.
        let body = Array(#"{"id":"\u00e9é\/\u0000","n":1e400,"n":-0.10,"x":""#.utf8) + [0xff, 0xfe] + Array(#"","a":[ ]}"#.utf8)
        let page = AuditPage(
            bytes: body, audits: [RawAudit(id: nil, instant: nil, start: 0, end: body.count, hasWhitespace: false)])
        try await letters.keep(page.audits, of: page, reason: "bad")
        let written = try #require(FileManager.default.contents(atPath: path))
        let head = Array(#"{"time":"2027-01-15T08:00:00Z","output":"si\"em","reason":"bad","audit":"#.utf8)
        #expect(Array(written) == head + body + Array("}\n".utf8))
        await letters.close()
    }

    @Test func `a file that was moved away gets no letter any more, a new one does`() async throws {
        let path = directory.file("dead.ndjson")
        let letters = file(path)
        let page = AuditPage(of: [SampleAudit(id: "a", instant: Instant(seconds: 1))])
        try await letters.keep(page.audits, of: page, reason: "first")
        let aside = try #require(try DeadLetterAside.take(path, logger: .silent))
        try await letters.keep(page.audits, of: page, reason: "second")
        #expect(try TemporaryDirectory.lines(DeadLetterAside.asidePath(of: path)).map { $0.contains("first") } == [true])
        #expect(try TemporaryDirectory.lines(path).map { $0.contains("second") } == [true])
        try aside.finish(keeping: [.range(0..<aside.lines.size)], logger: .silent)
        #expect(try TemporaryDirectory.lines(path).map { $0.contains("second") } == [true, false])
        #expect(!FileManager.default.fileExists(atPath: DeadLetterAside.asidePath(of: path)))
        try await letters.keep(page.audits, of: page, reason: "third")
        #expect(try TemporaryDirectory.lines(path).count == 3)
        await letters.close()
    }
}
