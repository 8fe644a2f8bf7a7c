import AuditCore
import FaultScenes
import Foundation
import Outputs
import TestTraits
import Testing

/// `check --connect` against the receivers of the field: who is let in passes, who is not fails, and nothing is stored.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct CheckReceiverTests {
    private func withRsyslog(
        _ body: @escaping @Sendable (Scene, Rsyslog, CertificateAuthority) async throws -> Void
    ) async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let authority = try await CertificateAuthority(in: scene.path("certificates"))
            try await Rsyslog(in: scene.path("receiver"), authority: authority).living { try await body(scene, $0, authority) }
        }
    }

    private func check(_ scene: Scene, _ outputs: [String]) async throws -> Program.Ending {
        let text = (["offsets: {path: offsets.db}", "outputs:"] + outputs.map { "  " + $0 }).joined(separator: "\n") + "\n"
        _ = try scene.write(text, to: "auditferry.yaml")
        return try await Program.run(["check", "--connect"], environment: scene.environment, directory: scene.directory)
    }

    private func tls(_ authority: CertificateAuthority, _ identity: CertificateAuthority.Identity?) -> String {
        let own = identity.map { ", certificate_file: \($0.certificate), private_key_file: \($0.key)" } ?? ""
        return "tls: {ca_file: \(authority.certificate)\(own)}"
    }

    /// What rsyslog says of itself.
    private func ownMessages(_ scene: Scene) -> String {
        (try? String(contentsOfFile: scene.path("receiver/own-messages.log"), encoding: .utf8)) ?? ""
    }

    @Test(.needs(.rsyslogd, .openssl)) func `rsyslog lets the right client in by every way, and has nothing to complain of`()
        async throws
    {
        try await withRsyslog { scene, rsyslog, authority in
            let secure = tls(authority, authority.client)
            let ended = try await check(
                scene,
                [
                    "clear: {type: tcp, address: \"127.0.0.1:\(rsyslog.port(.tcp))\"}",
                    "judged: {type: syslog, transport: tls, address: \"127.0.0.1:\(rsyslog.port(.tls))\", \(secure)}",
                    "unjudged: {type: syslog, transport: tls, address: \"127.0.0.1:\(rsyslog.port(.tlsOfServer))\", \(tls(authority, nil))}",
                    "relp: {type: relp, address: \"127.0.0.1:\(rsyslog.port(.relp))\"}",
                    "secure: {type: relp, address: \"127.0.0.1:\(rsyslog.port(.relpTLS))\", \(secure)}",
                    "socket: {type: syslog, transport: unix, path: \(rsyslog.socketPath)}",
                ])
            #expect(ended.status == 0, "\(ended.output)")
            #expect(ended.output.contains("opens a RELP session, with 'librelp'"), "\(ended.output)")
            for port in [rsyslog.port(.tcp), rsyslog.port(.tls), rsyslog.port(.relp), rsyslog.port(.relpTLS)] {
                try await rsyslog.readsEverything(from: port)
            }
            #expect(try rsyslog.events.isEmpty)
            #expect(rsyslog.position == 0)
            // It writes its own messages when it can, and all of them before it ends.
            try await rsyslog.stop()
            let messages = ownMessages(scene).split(separator: "\n")
            #expect(messages.contains { $0.hasSuffix("] start") })
            #expect(messages.filter { $0.lowercased().contains("error") || $0.contains("closed") } == [])
        }
    }

    @Test(.needs(.rsyslogd, .openssl), arguments: [false, true])
    func `rsyslog turns a client away that it does not know, and the check says so`(hasCertificate: Bool) async throws {
        try await withRsyslog { scene, rsyslog, authority in
            let unknown = tls(authority, hasCertificate ? authority.unknownClient : nil)
            let ended = try await check(
                scene,
                [
                    "stream: {type: syslog, transport: tls, address: \"127.0.0.1:\(rsyslog.port(.tls))\", \(unknown)}",
                    "session: {type: relp, address: \"127.0.0.1:\(rsyslog.port(.relpTLS))\", \(unknown)}",
                ])
            #expect(ended.status == 69, "\(ended.output)")
            for output in ["stream", "session"] {
                #expect(
                    ended.output.split(separator: "\n").contains { $0.hasPrefix("failed") && $0.contains(" output \(output) ") },
                    "\(ended.output)")
            }
            try await rsyslog.stop()
            #expect(ownMessages(scene).contains("error"))
            #expect(try rsyslog.events.isEmpty)
        }
    }

    @Test(.needs(.syslogNG, .openssl)) func `syslog-ng is met by every way, and stores nothing`() async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let authority = try await CertificateAuthority(in: scene.path("certificates"))
            try await SyslogNG(in: scene.path("receiver"), authority: authority).living { syslogNG in
                let secure = tls(authority, authority.client)
                let ended = try await check(
                    scene,
                    [
                        "raw: {type: tcp, address: \"127.0.0.1:\(syslogNG.port(.raw))\"}",
                        "tls: {type: syslog, transport: tls, address: \"127.0.0.1:\(syslogNG.port(.tls))\", \(secure)}",
                        "datagrams: {type: syslog, transport: unix, path: \(syslogNG.socketPath(.unixDatagrams))}",
                        "stream: {type: syslog, transport: unix, path: \(syslogNG.socketPath(.unixStream))}",
                    ])
                #expect(ended.status == 0, "\(ended.output)")
                for port in [syslogNG.port(.raw), syslogNG.port(.tls)] { try await syslogNG.readsEverything(from: port) }
                try await syslogNG.stop()
                #expect(try syslogNG.events.isEmpty)
                #expect(syslogNG.position == 0)
            }
        }
    }

    @Test(.needs(.tenzir, .openssl), arguments: [Tenzir.Input.relp, .lines])
    func `Tenzir is met, and stores nothing`(input: Tenzir.Input) async throws {
        try await Scene.with(try Scene.organization(events: 1)) { scene in
            let authority = try await CertificateAuthority(in: scene.path("certificates"))
            try await Tenzir(input, in: scene.path("receiver"), authority: authority).living { tenzir in
                let type = input == .relp ? "relp" : "tcp"
                let secure = tls(authority, authority.client)
                let ended = try await check(scene, ["siem: {type: \(type), address: \"127.0.0.1:\(tenzir.port)\", \(secure)}"])
                #expect(ended.status == 0, "\(ended.output)")
                try await tenzir.readsEverything(from: tenzir.port)
                #expect(!tenzir.hasEnded)
                #expect(try tenzir.events.isEmpty)
                #expect(tenzir.position == 0)
            }
        }
    }
}
