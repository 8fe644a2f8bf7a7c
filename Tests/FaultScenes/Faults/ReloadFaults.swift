import AuditCore
import Foundation
import Simulator

/// What a run is made from changes while it goes on.
extension Fault {
    package static let reloads = [
        Fault(
            "reload",
            "20 reloads (SIGHUP) of certificates, secrets and keys, some of them to be refused, while 10,000 audits flow, to tls and file",
            saying: ["the new configuration was refused; the one before stays in force"],
            unless: { ReceiverProgram.obstacle([.openssl]) }
        ) { try await reloaded(&$0) }
    ]

    private static func reloaded(_ random: inout SplitMix) async throws -> Outcome {
        var organization = try Scene.organization(events: 500, seed: random.next())
        organization.eventsPerSecond = 20
        organization.asynchronousDelay = .zero
        // A token is good for one round, so that a wrong secret would show.
        organization.tokenLifetime = ReloadScene.round
        var changes = (0..<20).map { ReloadScene.Change.allCases[$0 % ReloadScene.Change.allCases.count] }
        changes.shuffle(using: &random)
        return try await Scene.with(organization) { [changes] scene in
            let authority = try await CertificateAuthority(in: scene.path("authority"))
            let receiver = try await LineReceiver(authority, definition: ReloadScene.tls(authority))
            do {
                let outcome = try await ReloadScene(scene, authority, receiver).play(changes)
                try await receiver.close()
                return outcome
            } catch {
                try? await receiver.close()
                throw error
            }
        }
    }
}

/// A run to a receiver with TLS and to a file, and everything that it is made from.
private struct ReloadScene {
    enum Change: CaseIterable {
        case certificate, secret, outputKey, tailKey, outputs
        /// To be refused.
        case unknownKey, brokenCertificate, wrongSecret

        var isRefused: Bool { [.unknownKey, .brokenCertificate, .wrongSecret].contains(self) }
    }

    /// How much time passes with each change: 500 audits.
    static let round = Duration.seconds(25)
    private static let certificate = "client.pem"
    private static let key = "client.key"
    private static let secret = "secret"

    private let scene: Scene
    private let authority: CertificateAuthority
    private let receiver: LineReceiver
    private let installation: Installation
    private let begin: String
    // What the files say now.
    private var secrets = 0
    private var isRenewed = false
    private var events = 500
    private var overlap = 30
    private var hasArchive = true

    static func tls(_ authority: CertificateAuthority) -> String {
        "{ca_file: \(authority.certificate), certificate_file: \(certificate), private_key_file: \(key)}"
    }

    init(_ scene: Scene, _ authority: CertificateAuthority, _ receiver: LineReceiver) throws {
        self.scene = scene
        self.authority = authority
        self.receiver = receiver
        begin = (scene.clock.now - .seconds(3600)).text
        installation = try Installation(
            scene, .sweeping, to: ["collector": receiver, "archive": ArchiveFile(scene.path("archive.ndjson"))])
    }

    func play(_ changes: [Change]) async throws -> Outcome {
        try copyCertificate(of: authority.client)
        try writeSecret("the-first-secret-0")
        scene.simulator.change(clientSecret: Secret("the-first-secret-0"))
        try configure()
        let start = self
        let variables = [
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": "", "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE": scene.path(ReloadScene.secret),
        ]
        try await installation.run(environment: variables) { program in
            var current = start
            await receiver.received(1)
            var (taken, refused) = (0, 0)
            for change in changes {
                scene.clock.advance(by: ReloadScene.round)
                try current.make(change)
                program.send(SIGHUP)
                if change.isRefused { refused += 1 } else { taken += 1 }
                try await program.errorLines(taken, containing: "the configuration was read again")
                try await program.errorLines(refused, containing: "the new configuration was refused")
                try await current.demand(change)
                try current.repair(change)
            }
            if !current.hasArchive {
                try current.make(.outputs)
                program.send(SIGHUP)
            }
            installation.heals()
            try await installation.recovers()
        }
        let outcome = try installation.outcome()
        let log = outcome.endings.map(\.errors).joined()
        try FaultScenes.demand(!log.contains("secret-"), "a secret stands on stderr")
        return outcome
    }

    private mutating func make(_ change: Change) throws {
        switch change {
        case .certificate:
            isRenewed.toggle()
            try copyCertificate(of: client)
        case .secret:
            secrets += 1
            try writeSecret("another-secret-\(secrets)")
            scene.simulator.change(clientSecret: Secret("another-secret-\(secrets)"))
        case .outputKey:
            events = events == 500 ? 100 : 500
            try configure()
        case .tailKey:
            overlap = overlap == 30 ? 60 : 30
            try configure()
        case .outputs:
            hasArchive.toggle()
            try configure()
        case .unknownKey: try configure("pol_interval: 1s")
        case .brokenCertificate: _ = try scene.write("no certificate", to: ReloadScene.certificate)
        case .wrongSecret: try writeSecret("a-wrong-secret-0")
        }
    }

    /// Puts in order what was refused.
    private func repair(_ change: Change) throws {
        switch change {
        case .unknownKey: try configure()
        case .brokenCertificate: try copyCertificate(of: client)
        case .wrongSecret: try writeSecret(secrets == 0 ? "the-first-secret-0" : "another-secret-\(secrets)")
        default: break
        }
    }

    /// The receiver gets to see a new certificate, with what is delivered next.
    private func demand(_ change: Change) async throws {
        guard change == .certificate else { return }
        while try !receiver.knows(client), !Task.isCancelled {
            scene.clock.advance(by: .seconds(1))
            let count = receiver.ids.count
            await receiver.received(count + 1)
        }
    }

    private var client: CertificateAuthority.Identity { isRenewed ? authority.renewedClient : authority.client }

    private func configure(_ more: String = "overlap: 30s") throws {
        var tail = "since: \(begin), poll_interval: 1s, sweep: {every: 10s, back: 1h}, "
        tail += more.hasPrefix("overlap") ? "overlap: \(overlap)s" : more
        var outputs = "  collector: {\(receiver.definition), batch: {events: \(events)}}\n"
        if hasArchive { outputs += "  archive: {\(ArchiveFile(scene.path("archive.ndjson")).definition)}\n" }
        _ = try scene.write("tail: {\(tail)}\noutputs:\n\(outputs)", to: "auditferry.yaml")
    }

    private func writeSecret(_ text: String) throws {
        let path = try scene.write(text + "\n", to: ReloadScene.secret)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func copyCertificate(of identity: CertificateAuthority.Identity) throws {
        for (source, name) in [(identity.certificate, ReloadScene.certificate), (identity.key, ReloadScene.key)] {
            _ = try scene.write(try String(contentsOfFile: source, encoding: .utf8), to: name)
        }
    }
}
