import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What `check` says and how it ends, by the built program.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct CheckTests {
    private struct Report: Decodable {
        struct Finding: Decodable {
            let subject: String
            let verdict: String
            let seen: String
            let hint: String?
        }
        let verdict: String
        let exitStatus: Int32
        let findings: [Finding]

        init(_ text: String) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Report.self, from: Data(text.utf8))
        }

        func failed(_ subject: String) -> Finding? { findings.first { $0.subject == subject && $0.verdict == "failed" } }
    }

    private func check(
        _ scene: Scene, _ outputs: String..., more: String = "", flags: [String] = ["--connect"],
        variables: [String: String] = [:]
    ) async throws -> Program.Ending {
        _ = try scene.write(
            (["offsets: {path: offsets.db}", more, "outputs:"] + outputs.map { "  " + $0 }).joined(separator: "\n") + "\n",
            to: "auditferry.yaml")
        let ended = try await Program.run(
            ["check"] + flags, environment: scene.environment.merging(variables) { $1 }, directory: scene.directory)
        #expect(ended.errors == "")
        return ended
    }

    private func report(
        _ scene: Scene, _ outputs: String..., more: String = "", variables: [String: String] = [:]
    ) async throws -> (report: Report, status: Int32) {
        _ = try scene.write(
            (["offsets: {path: offsets.db}", more, "outputs:"] + outputs.map { "  " + $0 }).joined(separator: "\n") + "\n",
            to: "auditferry.yaml")
        let ended = try await Program.run(
            ["check", "--connect", "--json"], environment: scene.environment.merging(variables) { $1 }, directory: scene.directory
        )
        let report = try Report(ended.output)
        #expect(report.exitStatus == ended.status)
        #expect(ended.errors == "")
        return (report, ended.status)
    }

    @Test func `where all is well it exits 0, has delivered nothing, and has left nothing behind`() async throws {
        try await Scene.with(try Scene.organization(events: 100)) { scene in
            try await LineReceiver.with { collector in
                let outputs = [
                    "siem: {type: tcp, address: \"127.0.0.1:\(collector.port)\"}", "archive: {type: file, path: audits.ndjson}",
                ]
                let ended = try await check(scene, outputs[0], outputs[1])
                #expect(ended.status == 0, "\(ended.output)")
                for text in [
                    "may read audits", "127.0.0.1:\(collector.port): takes connections", "guarantee transport",
                    "guarantee durable",
                ] {
                    #expect(ended.output.contains(text), "\(ended.output)")
                }
                #expect(ended.output.split(separator: "\n").last?.hasPrefix("nothing failed: ") == true)
                let (report, status) = try await report(scene, outputs[0], outputs[1])
                #expect(status == 0)
                #expect(report.verdict != "failed")
                // The same findings, but for how much room there is and how many requests were used.
                for finding in report.findings where !["disk", "requests", "clock"].contains(finding.subject) {
                    #expect(ended.output.contains(finding.seen), "\(finding.seen)")
                }
                #expect(collector.connections == 2)
                #expect(collector.byteCount == 0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: scene.directory) == ["auditferry.yaml"])
            }
        }
    }

    @Test func `without --connect it asks nobody`() async throws {
        try await Scene.unserved(try Scene.organization(events: 1)) { scene in
            let port = try ReservedPort()
            let ended = try await check(scene, "siem: {type: tcp, address: \"127.0.0.1:\(port.number)\"}", flags: [])
            #expect(ended.status == 0, "\(ended.output)")
            #expect(ended.output.contains("not asked without --connect"))
        }
    }

    @Test func `flags that cannot be used end it before it looks at anything`() async throws {
        try await Scene.unserved(try Scene.organization(events: 1)) { scene in
            let ended = try await Program.run(
                ["check", "--region", "eu-wst-1"], environment: scene.environment, directory: scene.directory)
            expect(ended, 64, [["--region: 'eu-wst-1' is not a region"]], "--help")
            #expect(ended.output == "")
        }
    }

    @Test func `a wrong secret is found, and all else beside it`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let port = try ReservedPort()
            let (report, status) = try await report(
                scene, "siem: {type: tcp, address: \"127.0.0.1:\(port.number)\"}",
                variables: ["GENESYSCLOUD_OAUTHCLIENT_SECRET": "somebody-elses-9b21"])
            #expect(status == 77)
            #expect(report.failed("token")?.hint?.contains("the client id, the secret and the region") == true)
            #expect(report.failed("output siem")?.seen.contains("connection refused") == true)
            #expect(report.findings.contains { $0.subject == "permission" && $0.verdict == "skipped" })
        }
    }

    @Test func `a client without the permission is found`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let (report, status) = try await report(
                scene, "out: {type: stdout}", variables: ["GENESYSCLOUD_OAUTHCLIENT_ID": "simulator-without-permission"])
            #expect(status == 77)
            #expect(report.failed("permission")?.hint?.contains("audits:audit:view") == true)
            #expect(report.failed("token") == nil)
        }
    }

    @Test func `an unknown service is an error of the configuration`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let (report, status) = try await report(scene, "out: {type: stdout}", more: "genesys: {services: [Architct]}")
            #expect(status == 78)
            #expect(report.failed("services")?.seen.contains("did you mean 'Architect'?") == true)
        }
    }

    @Test func `a collector that is down is unreachable, and so is an API`() async throws {
        try await Scene.unserved(try Scene.organization(events: 1)) { scene in
            let port = try ReservedPort()
            let (report, status) = try await report(scene, "siem: {type: tcp, address: \"127.0.0.1:\(port.number)\"}")
            #expect(status == 69)
            #expect(report.failed("token")?.hint?.contains("check the network") == true)
            #expect(report.failed("output siem")?.hint?.contains("start the receiver there") == true)
        }
    }

    @Test func `a TLS name that the collector's certificate does not have is found, with the key to set`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let authority = try await CertificateAuthority(in: scene.path("certificates"))
            try await TLSListener.with(authority.otherServer) { port in
                let tls = "tls: {ca_file: \(authority.certificate)}"
                let (report, status) = try await report(scene, "siem: {type: tcp, address: \"127.0.0.1:\(port)\", \(tls)}")
                #expect(status == 69)
                #expect(report.failed("output siem")?.hint?.contains("'tls.server_name'") == true)
            }
        }
    }

    @Test func `a private key of another certificate is an error of the configuration`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let authority = try await CertificateAuthority(in: scene.path("certificates"))
            let tls = "tls: {certificate_file: \(authority.client.certificate), private_key_file: \(authority.server.key)}"
            let ended = try await check(scene, "siem: {type: tcp, address: \"127.0.0.1:9\", \(tls)}", flags: [])
            #expect(ended.status == 78)
            #expect(ended.output.contains("is not the private key of the certificate"))
        }
    }

    @Test func `all errors of a configuration are shown at once, to people and to machines`() async throws {
        try await Scene.unserved(try Scene.organization(events: 1)) { scene in
            let more = "genesys: {client_secret: \(Self.secret), regon: eu-west-1}\nlog: {level: inof}"
            let ended = try await check(scene, "siem: {type: tcpp}", more: more)
            #expect(ended.status == 78)
            let (report, status) = try await report(scene, "siem: {type: tcpp}", more: more)
            #expect(status == 78)
            let failed = report.findings.filter { $0.verdict == "failed" }
            #expect(failed.count == 3)
            for (finding, words) in zip(failed, ["genesys.regon", "log.level", "outputs.siem.type"]) {
                #expect(finding.seen.contains("auditferry.yaml:") && finding.seen.contains(words))
                #expect(ended.output.contains(finding.seen))
            }
        }
    }

    private static let secret = "in-the-file-4c77"

    @Test func `a secret in a file that all may read is warned of, and not shown`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            for flags in [["--connect"], ["--connect", "--json"]] {
                let ended = try await check(
                    scene, "out: {type: stdout}", more: "genesys: {client_secret: \(Self.secret)}", flags: flags,
                    variables: ["GENESYSCLOUD_OAUTHCLIENT_SECRET": ""])
                #expect(ended.status == 77)
                #expect(ended.output.contains("can be read by every user of this machine"))
                #expect(!ended.output.contains(Self.secret))
            }
        }
    }

    @Test func `an offset file that a running instance holds is well`() async throws {
        try await Scene.with(try Scene.organization(events: 10)) { scene in
            let path = try scene.write("outputs: {out: {type: stdout}}\noffsets: {path: \(scene.offsets)}\n", to: "run.yaml")
            try await Program.with(["run", "--config", path], environment: scene.environment) { program in
                try await program.errorLines(containing: "output begins")
                let ended = try await Program.run(["check", "--config", path], environment: scene.environment)
                #expect(ended.status == 0, "\(ended.output)")
                #expect(ended.output.contains("held by a running instance (process \(program.identifier))"), "\(ended.output)")
                program.send(SIGTERM)
                #expect(try await program.status() == 0, "\(program.errors)")
            }
        }
    }

    @Test func `an offset file that is damaged fails as a run would`() async throws {
        try await Scene.unserved(try Scene.organization(events: 1)) { scene in
            _ = try scene.write(String(repeating: "this is no database\n", count: 500), to: "offsets.db")
            let ended = try await check(scene, "out: {type: stdout}", flags: [])
            #expect(ended.status == 74)
            #expect(ended.output.contains("is damaged"))
        }
    }
}
