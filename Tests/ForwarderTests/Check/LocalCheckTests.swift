import AuditCore
import Engine
import Glibc
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A check of this machine` {
    private static let now = Instant("2026-03-01T12:00:00Z")!

    private func certificate(_ role: CertificateFile.Role, _ ends: String...) -> CheckFinding {
        let certificates = ends.map { CertificateFile.Validity(begins: Instant("2025-01-01T00:00:00Z")!, ends: Instant($0)!) }
        let file = CertificateFile(path: "client.pem", role: role, certificates: certificates)
        return CertificateCheck(file: file, now: Self.now).finding("output siem")
    }

    @Test func `a certificate is warned of thirty days before its end, and fails from its end on`() {
        #expect(certificate(.own, "2026-03-31T12:00:00Z").verdict == .ok)
        let soon = certificate(.own, "2026-03-31T11:59:59Z")
        #expect(soon.verdict == .warning)
        #expect(soon.seen == "certificate 'client.pem' is valid for 29 days more, until 2026-03-31T11:59:59Z")
        #expect(certificate(.own, "2026-03-01T12:00:01Z").verdict == .warning)
        let expired = certificate(.own, "2026-03-01T12:00:00Z")
        #expect(expired.verdict == .failed)
        #expect(expired.code == .configuration)
        #expect(expired.seen.contains("has expired on 2026-03-01T12:00:00Z"))
    }

    @Test func `a certificate that is not valid yet fails`() {
        let file = CertificateFile(
            path: "client.pem", role: .own,
            certificates: [.init(begins: Self.now + .seconds(1), ends: Self.now + .seconds(100 * 86_400))])
        let finding = CertificateCheck(file: file, now: Self.now).finding("output siem")
        #expect(finding.verdict == .failed)
        #expect(finding.seen.contains("is not valid before 2026-03-01T12:00:01Z"))
    }

    @Test func `one expired certificate breaks a chain, and not a list of authorities`() {
        #expect(certificate(.own, "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z").verdict == .failed)
        #expect(certificate(.authority, "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z").verdict == .warning)
        #expect(certificate(.authority, "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z").verdict == .failed)
    }

    private func disk(_ bytes: Int, hasNoFiles: Bool = false, _ codes: Failure.Code...) -> CheckFinding? {
        let places = codes.map { DiskCheck.Place(what: "a file", path: "/srv/file", code: $0) }
        let room = FreeRoom(device: 1, directory: "/srv", bytes: bytes, hasNoFiles: hasNoFiles)
        return DiskCheck.findings(places, room).first
    }

    @Test func `little room is warned of, and none fails as what is kept there`() {
        #expect(disk(DiskCheck.leastFree, .offsets)?.verdict == .ok)
        #expect(disk(DiskCheck.leastFree - 1, .offsets)?.verdict == .warning)
        #expect(disk(0, .unreachable, .offsets)?.code == .offsets)
        #expect(disk(0, .unreachable)?.code == .unreachable)
        #expect(disk(1 << 40, hasNoFiles: true, .offsets)?.code == .offsets)
    }

    @Test func `room is asked of the nearest directory that is there`() throws {
        let room = try #require(FreeRoom(of: "/proc/nowhere/at/all"))
        #expect(room.directory == "/proc")
        #expect(FreeRoom(device: 1, directory: "/", bytes: 3 << 29).text == "1.5 GiB")
    }

    private func exposure(_ yaml: String) throws -> [CheckFinding] {
        let configuration = try Fixture.load(yaml)
        return (configuration.outputs.map { ExposureCheck.finding($0) } + [ExposureCheck.finding(configuration.http)]).compactMap(
            \.self)
    }

    @Test func `what leaves this machine in the clear is warned of`() throws {
        let away = try exposure(
            """
            outputs:
              a: {type: tcp, address: ["collector.example:1", "127.0.0.1:2"]}
              b: {type: syslog, transport: udp, address: "collector.example:514"}
              c: {type: relp, address: "192.0.2.7:2514"}
            http: {listen: 0.0.0.0:9477}
            """)
        #expect(away.map(\.subject) == ["output a", "output b", "output c", "http"])
        #expect(away.allSatisfy { $0.verdict == .warning && $0.hint != nil })
        #expect(away.first?.seen.contains("127.0.0.1") == false)
        let here = try exposure(
            """
            outputs:
              a: {type: tcp, address: "127.8.0.1:1"}
              b: {type: tcp, address: "collector.example:1", tls: on}
              c: {type: relp, address: "[::1]:2514"}
              d: {type: file, path: /srv/audits.ndjson}
            http: {listen: localhost:9477}
            """)
        #expect(here == [])
        #expect(!LocalHost.isLoopback("127.0.0.1.example") && !LocalHost.isLoopback("127.example"))
    }

    @Test func `every output says what delivered means`() throws {
        let configuration = try Fixture.load(
            """
            outputs:
              a: {type: tcp, address: "127.0.0.1:1"}
              b: {type: tcp, address: "127.0.0.1:2", acknowledgement: close}
              c: {type: syslog, transport: udp, address: "127.0.0.1:514"}
              d: {type: relp, address: "127.0.0.1:2514"}
              e: {type: file, path: /srv/audits.ndjson}
            """)
        let said = configuration.outputs.map { OutputCheck(definition: $0, now: Self.now).findings()[0].seen }
        #expect(said[0].contains("guarantee transport") && said[0].contains("the peer's kernel acknowledged every byte"))
        #expect(said[1].hasSuffix("the peer read to the end, and closed in order"))
        #expect(said[2].contains("guarantee none") && said[2].hasSuffix("it was sent"))
        #expect(said[3].contains("guarantee application"))
        #expect(said[4].contains("guarantee durable"))
        let udp = OutputCheck(definition: configuration.outputs[2], now: Self.now).findings()
        #expect(udp.map(\.verdict) == [.ok, .warning])
    }

    @Test func `what every user may change or read is seen in the mode of a file`() {
        #expect(FileMode(bits: 0o644).isReadableByAll && !FileMode(bits: 0o644).isWritableByAll)
        #expect(!FileMode(bits: 0o640).isReadableByAll && FileMode(bits: 0o602).isWritableByAll)
        #expect(FileMode(of: "/nowhere/at/all") == nil)
    }
}
