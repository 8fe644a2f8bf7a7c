import AuditCore
import Engine
import EngineTesting
import FaultScenes
import Foundation
import TestTraits
import Testing

@testable import Outputs

/// Who is trusted, and what is acknowledged when somebody is not.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct TLSTests {
    private func batch(_ sequence: Int) -> Batch {
        Batch(sequence, of: [SampleAudit(id: SampleAudit.uuid(sequence), instant: Instant(seconds: 1_800_000_000))])
    }

    private func output(_ connection: ConnectionSettings, settle: Duration = .milliseconds(20)) -> StreamOutput {
        StreamOutput(tcp: TCPSettings(connection: connection), format: .json, settle: settle)
    }

    /// The answer to one batch, with everything settled that can be.
    private func answer(_ connection: ConnectionSettings) async -> Answer {
        let output = output(connection)
        let book = AnswerBook()
        await book.deliver(batch(1), to: output)
        await output.drain()
        let answer = await book.answer(to: 1)
        await output.close()
        return answer
    }

    private func reason(_ connection: ConnectionSettings) async -> String {
        switch await answer(connection) {
        case .refusedForNow(let refusal): refusal.reason.split(separator: ": ").dropFirst().joined(separator: ": ")
        case let answer: "\(answer)"
        }
    }

    @Test func `a receiver is known by its authority and its name`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver(authority.server)
            try await receiver.start(.takesEverything)
            #expect(await answer(.tls(receiver.port, trusting: authority.certificate)) == .acknowledged)
            let untrusted = ConnectionSettings.tls(receiver.port, trusting: authority.unknownCertificate)
            let why = await reason(untrusted)
            #expect(why == "the TLS handshake failed: the collector's certificate is not trusted")
            var blind = untrusted
            blind.tls?.verification = .none
            #expect(await answer(blind) == .acknowledged)
            var named = ConnectionSettings.tls(receiver.port, trusting: authority.certificate)
            named.tls?.serverName = "localhost"
            #expect(await answer(named) == .acknowledged)
            try await receiver.finish()
            #expect(receiver.lines.lines.count == 3)
        }
    }

    @Test func `a certificate of another host is refused, unless the authority is enough`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver(authority.otherServer)
            try await receiver.start(.takesEverything)
            var connection = ConnectionSettings.tls(receiver.port, trusting: authority.certificate)
            let why = await reason(connection)
            #expect(why.contains("not for this host"), "\(why)")
            connection.tls?.verification = .ca
            #expect(await answer(connection) == .acknowledged)
            try await receiver.finish()
            #expect(receiver.lines.lines.count == 1)
        }
    }

    /// In TLS 1.3 our handshake is done before the receiver has judged our certificate: what was sent by then was acknowledged by its kernel.
    @Test func `a receiver that does not know our certificate acknowledges nothing`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver(authority.server, client: authority.certificate)
            try await receiver.start(.takesEverything)
            for identity in [authority.unknownClient, nil] {
                let connection = ConnectionSettings.tls(receiver.port, trusting: authority.certificate, as: identity)
                guard case .refusedForNow = await answer(connection) else {
                    Issue.record("a batch was acknowledged")
                    continue
                }
            }
            #expect(await answer(.tls(receiver.port, trusting: authority.certificate, as: authority.client)) == .acknowledged)
            try await receiver.finish()
            #expect(receiver.lines.lines.count == 1)
        }
    }

    /// However long the judgement takes, what was sent before it counts for nothing.
    @Test func `a receiver that is slow to judge our certificate acknowledges nothing before it has`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver(authority.server, client: authority.certificate, hesitates: true)
            try await receiver.start(.takesEverything)
            for (sequence, identity) in [authority.unknownClient, nil, authority.client].enumerated() {
                let output = output(.tls(receiver.port, trusting: authority.certificate, as: identity), settle: .zero)
                let book = AnswerBook()
                await book.deliver(batch(sequence), to: output)
                let isAcknowledged = await book.answer(to: sequence) == .acknowledged
                #expect(isAcknowledged == (identity?.certificate == authority.client.certificate), "\(sequence)")
                await output.close()
            }
            try await receiver.finish()
            #expect(receiver.lines.lines.count == 1)
        }
    }

    @Test func `a receiver that does not speak TLS is refused`() async throws {
        let receiver = try TCPReceiver()
        try await receiver.start(.breaksOff(after: 1))
        try await CertificateAuthority.with { authority in
            guard case .refusedForNow = await answer(.tls(receiver.port, trusting: authority.certificate)) else {
                Issue.record("a batch was acknowledged")
                return
            }
        }
        try await receiver.finish()
    }

    @Test func `files that are missing or hold something else are named`() async throws {
        let directory = try TemporaryDirectory()
        var connection = ConnectionSettings.tls(1, trusting: directory.file("none.pem"))
        #expect(await reason(connection) == "'\(directory.file("none.pem"))': no such file or directory")
        try TemporaryDirectory.write("-----BEGIN", to: directory.file("odd.pem"))
        connection.tls?.caFile = directory.file("odd.pem")
        #expect(await reason(connection) == "'\(directory.file("odd.pem"))' holds no certificate in PEM")
    }

    @Test func `changed certificates are used for the next connection`() async throws {
        try await CertificateAuthority.with { authority in
            let directory = try TemporaryDirectory()
            let mine = CertificateAuthority.Identity(certificate: directory.file("c.pem"), key: directory.file("c.key"))
            func install(_ identity: CertificateAuthority.Identity) throws {
                try TemporaryDirectory.write(TemporaryDirectory.read(identity.certificate), to: mine.certificate)
                try TemporaryDirectory.write(TemporaryDirectory.read(identity.key), to: mine.key)
            }
            let receiver = try TCPReceiver(authority.server, client: authority.certificate)
            try await receiver.start(.takesEverything)
            try install(authority.unknownClient)
            let output = output(.tls(receiver.port, trusting: authority.certificate, as: mine))
            let book = AnswerBook()
            await book.deliver(batch(1), to: output)
            await output.drain()
            guard case .refusedForNow = await book.answer(to: 1) else {
                Issue.record("the unknown certificate was taken")
                return
            }
            try install(authority.client)
            await output.reopen()
            await book.deliver(batch(2), to: output)
            await output.drain()
            #expect(await book.answer(to: 2) == .acknowledged)
            await output.close()
            try await receiver.finish()
        }
    }
}
