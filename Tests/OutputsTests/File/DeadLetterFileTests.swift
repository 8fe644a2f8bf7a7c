import AuditCore
import Engine
import EngineTesting
import Outputs
import Testing

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
}
