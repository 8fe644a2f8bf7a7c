import AuditCore
import FoundationEssentials
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A check's report` {
    private static let hint = "do something"

    private func failed(_ code: Failure.Code) -> CheckFinding { .failed("thing", code, "broken", hint: Self.hint) }

    @Test func `ends with the status of the most grave finding, wherever it stands`() {
        let grave: [Failure.Code] = [.configuration, .refused, .offsets, .locked, .data, .unreachable, .failed]
        for (place, code) in grave.enumerated() {
            let milder = grave[place...].reversed().map(failed)
            #expect(CheckReport(milder).status == code.status)
            #expect(CheckReport(milder.reversed()).status == code.status)
        }
    }

    @Test func `ends with 0 where nothing failed, whatever is warned of or skipped`() {
        let report = CheckReport([.ok("a", "b"), .warning("a", "b", hint: "c"), .skipped("a", "b")])
        #expect(report.status == 0)
        #expect(report.lines.last == "nothing failed: 1 finding ok, 1 warning, 1 skipped")
    }

    @Test func `has a line a finding in columns, and its hint below`() {
        let report = CheckReport([
            .ok("token", "given"), .warning("offset file", "nearly full", hint: "make room"), failed(.unreachable),
            failed(.unreachable),
            .skipped("clock", "needs a token"),
        ])
        #expect(
            report.lines == [
                "ok       token        given",
                "warning  offset file  nearly full",
                "                      hint: make room",
                "failed   thing        broken",
                "failed   thing        broken",
                "                      hint: do something",
                "skipped  clock        needs a token",
                "failed: 2 of 5 findings, 1 warning, 1 skipped; exit status 69",
            ])
    }

    @Test func `lets nothing of the other side steer the terminal`() {
        let report = CheckReport([.failed("token", .refused, "it says \u{1b}[2J", hint: "ask\u{7}")])
        #expect(!report.lines.joined().contains { $0 == "\u{1b}" || $0 == "\u{7}" })
    }

    @Test func `says the same to machines`() throws {
        struct Document: Decodable {
            struct Finding: Decodable {
                let subject: String
                let verdict: String
                let seen: String
                let hint: String?
                let exitStatus: Int?
            }
            let verdict: String
            let exitStatus: Int
            let findings: [Finding]
        }
        let report = CheckReport([.ok("token", "given"), .warning("disk", "full"), failed(.refused), .skipped("clock", "why")])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let document = try decoder.decode(Document.self, from: Data(report.json.utf8))
        #expect(document.verdict == "failed")
        #expect(document.exitStatus == 77)
        #expect(document.findings.map(\.verdict) == ["ok", "warning", "failed", "skipped"])
        #expect(document.findings.map(\.subject) == report.findings.map(\.subject))
        #expect(document.findings.map(\.seen) == report.findings.map(\.seen))
        #expect(document.findings.map(\.exitStatus) == [nil, nil, 77, nil])
        #expect(document.findings.map(\.hint) == [nil, nil, Self.hint, nil])
    }

    @Test func `an address that fails beside one that answers is a warning, and alone it fails`() {
        let good = OutputProbe("a:1", .sound, "takes connections")
        let bad = OutputProbe("b:1", .failed, "connection refused", hint: "start it")
        #expect(OutputProbes.findings("siem", [good, bad]).map(\.verdict) == [.ok, .warning])
        let alone = OutputProbes.findings("siem", [bad, bad])
        #expect(alone.map(\.verdict) == [.failed, .failed])
        #expect(CheckReport(alone).status == 69)
        #expect(alone.first?.seen == "b:1: connection refused")
        #expect(alone.first?.subject == "output siem")
    }
}
