import AuditCore
import Engine
import EngineTesting
import FaultScenes
import Foundation
import Outputs
import TestTraits
import Testing

/// The output `relp` by what its receivers have stored.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct RELPReceiverTests {
    @Test(.needs(.rsyslogd)) func `rsyslog gets every event byte for byte, in a message that it understands`() async throws {
        try await Scene.withDirectory { directory in
            try await Rsyslog(in: directory).living { rsyslog in
                let events = try await rsyslog.storing(from: OutputKind.relp(rsyslog.port(.relp)).output())
                #expect(events.map(\.message) == AwkwardAudits.texts)
                #expect(events.allSatisfy { $0["version"]?.string == "1" && $0["app"]?.string == "auditferry" })
                #expect(events.allSatisfy { $0["pri"]?.string == "109" && $0["input"]?.string == "relp" })
            }
        }
    }

    @Test(.needs(.tenzir)) func `Tenzir gets every event byte for byte, in a message that it understands`() async throws {
        try await Scene.withDirectory { directory in
            try await Tenzir(.relp, in: directory).living { tenzir in
                let events = try await tenzir.storing(from: OutputKind.relp(tenzir.port).output())
                #expect(events.map(\.message) == AwkwardAudits.texts)
                #expect(events.allSatisfy { $0["facility"] == .number(13) && $0["app_name"]?.string == "auditferry" })
            }
        }
    }

    @Test(.needs(.rsyslogd, .openssl)) func `rsyslog lets a client with the right certificate in`() async throws {
        try await withSecureRsyslog { rsyslog, authority in
            let output = OutputKind.relp(rsyslog.port(.relpTLS), tls: TLSSettings(of: authority)).output()
            let events = try await rsyslog.storing(from: output)
            #expect(events.map(\.message) == AwkwardAudits.texts)
        }
    }

    @Test(.needs(.tenzir, .openssl)) func `Tenzir lets a client with the right certificate in`() async throws {
        try await Scene.withDirectory { directory in
            let authority = try await CertificateAuthority(in: directory + "/certificates")
            try await Tenzir(.relp, in: directory, authority: authority).living { tenzir in
                let output = OutputKind.relp(tenzir.port, tls: TLSSettings(of: authority)).output()
                let events = try await tenzir.storing(from: output)
                #expect(events.map(\.message) == AwkwardAudits.texts)
            }
        }
    }

    /// Our part of the handshake is done before rsyslog has judged the certificate: only its answers say that it took something.
    @Test(.needs(.rsyslogd, .openssl), arguments: [false, true])
    func `rsyslog refuses a client without a certificate, or with an unknown one`(hasCertificate: Bool) async throws {
        try await withSecureRsyslog { rsyslog, authority in
            var tls = TLSSettings(of: authority)
            tls.certificateFile = hasCertificate ? authority.unknownClient.certificate : nil
            tls.privateKeyFile = hasCertificate ? authority.unknownClient.key : nil
            let answer = try await answer(from: OutputKind.relp(rsyslog.port(.relpTLS), tls: tls).output())
            guard case .refusedForNow = answer else { throw Violation("the answer was \(answer)") }
            #expect(try rsyslog.events.isEmpty)
        }
    }

    @Test(.needs(.rsyslogd, .openssl)) func `a new certificate is used from the next batch after opening anew`() async throws {
        try await withSecureRsyslog { rsyslog, authority in
            let identity = try MovingIdentity()
            let output = OutputKind.relp(rsyslog.port(.relpTLS), tls: identity.settings(authority)).output()
            let book = AnswerBook()
            for (sequence, client) in zip(1..., [authority.client, authority.unknownClient, authority.client]) {
                try identity.become(client)
                await output.reopen()
                await book.deliver(Batch(sequence, of: RELPReceiverTests.samples(sequence)), to: output)
                let isAcknowledged = await book.answer(to: sequence) == .acknowledged
                #expect(isAcknowledged == (sequence != 2))
            }
            await output.close()
            let stored = try await rsyslog.received(100).map(\.message)
            #expect(stored == [1, 3].flatMap { RELPReceiverTests.samples($0).map(\.json) })
        }
    }

    @Test(.needs(.rsyslogd, .openssl), arguments: [false, true])
    func `nothing is sent to a receiver with the wrong certificate`(isUnknown: Bool) async throws {
        try await Scene.withDirectory { directory in
            let authority = try await CertificateAuthority(in: directory + "/certificates")
            let rsyslog = try Rsyslog(in: directory, authority: authority)
            rsyslog.present(isUnknown ? authority.unknownServer : authority.otherServer)
            try await rsyslog.living { rsyslog in
                let output = OutputKind.relp(rsyslog.port(.relpTLS), tls: TLSSettings(of: authority)).output()
                let answer = try await answer(from: output)
                guard case .refusedForNow = answer else { throw Violation("the answer was \(answer)") }
                #expect(try rsyslog.events.isEmpty)
            }
        }
    }

    /// It would reset the connection on a larger message, again and again.
    @Test(.needs(.tenzir)) func `an event that is too large is set apart, and the rest of its batch is stored`() async throws {
        try await Scene.withDirectory { directory in
            try await Tenzir(.relp, in: directory).living { tenzir in
                let output = OutputKind.relp(tenzir.port, largestMessage: 1 << 20).output()
                let answer = try await answer(from: output)
                guard case .acknowledgedExcept([AwkwardAudits.texts.count - 1], _) = answer else {
                    throw Violation("the answer was \(answer)")
                }
                let events = try await tenzir.received(AwkwardAudits.texts.count - 1)
                #expect(events.map(\.message) == AwkwardAudits.texts.dropLast())
            }
        }
    }

    /// It writes before it answers, and what it wrote outlives it.
    @Test(.needs(.rsyslogd)) func `everything acknowledged is stored, although rsyslog is killed again and again`() async throws {
        try await Scene.withDirectory { directory in
            try await Rsyslog(in: directory).living { rsyslog in
                let output = OutputKind.relp(rsyslog.port(.relp)).output()
                var owed = (1...60).map(RELPReceiverTests.samples)
                var sequence = 0
                for life in 1...4 {
                    if life > 1 { try await rsyslog.start() }
                    let book = AnswerBook()
                    let handedIn = life < 4 ? Array(owed.prefix(15)) : owed
                    for samples in handedIn {
                        sequence += 1
                        await book.deliver(Batch(sequence, of: samples), to: output)
                    }
                    // What has been written is not answered yet, all of it.
                    if life < 4 { try await rsyslog.kill() }
                    var acknowledged: [[SampleAudit]] = []
                    for (samples, sequence) in zip(handedIn, (sequence - handedIn.count + 1)...) {
                        if await book.answer(to: sequence) == .acknowledged { acknowledged.append(samples) }
                    }
                    try book.check()
                    let stored = Set(try rsyslog.events.map(\.message))
                    #expect(stored.isSuperset(of: acknowledged.joined().map(\.json)), "life \(life)")
                    owed.removeAll { acknowledged.contains($0) }
                }
                #expect(owed.isEmpty)
                await output.close()
            }
        }
    }

    private static func samples(_ number: Int) -> [SampleAudit] {
        (0..<50).map {
            SampleAudit(id: SampleAudit.uuid(number * 1000 + $0), instant: Instant(seconds: 1_800_000_000), padding: 200)
        }
    }

    private func answer(from output: any Output) async throws -> Answer {
        let book = AnswerBook()
        await book.deliver(AwkwardAudits.batch(), to: output)
        let answer = await book.answer(to: 1)
        await output.close()
        return answer
    }

    private func withSecureRsyslog(_ body: @Sendable (Rsyslog, CertificateAuthority) async throws -> Void) async throws {
        try await Scene.withDirectory { directory in
            let authority = try await CertificateAuthority(in: directory + "/certificates")
            try await Rsyslog(in: directory, authority: authority).living { try await body($0, authority) }
        }
    }
}

/// A certificate and its key on paths that stay.
private struct MovingIdentity {
    private let directory: TemporaryDirectory
    private let paths: (certificate: String, key: String)

    init() throws {
        directory = try TemporaryDirectory()
        paths = (directory.path + "/client.pem", directory.path + "/client.key")
    }

    func settings(_ authority: CertificateAuthority) -> TLSSettings {
        var settings = TLSSettings(of: authority)
        (settings.certificateFile, settings.privateKeyFile) = (paths.certificate, paths.key)
        return settings
    }

    func become(_ identity: CertificateAuthority.Identity) throws {
        for (source, path) in [(identity.certificate, paths.certificate), (identity.key, paths.key)] {
            try Data(contentsOf: URL(fileURLWithPath: source)).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }
}
