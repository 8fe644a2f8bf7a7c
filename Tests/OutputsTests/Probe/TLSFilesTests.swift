import AuditCore
import FaultScenes
import TestTraits
import Testing

@testable import Outputs

/// What is found in TLS files without a connection.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct TLSFilesTests {
    private func definition(_ change: (inout TLSSettings) -> Void) -> OutputDefinition {
        var tls = TLSSettings()
        change(&tls)
        return OutputDefinition(name: "siem", kind: .tcp(TCPSettings(connection: ConnectionSettings(addresses: [], tls: tls))))
    }

    private func failure(_ definition: OutputDefinition) -> String? {
        do throws(TLSFileFailure) {
            try definition.checkFiles()
            return nil
        } catch { return "\(error)" }
    }

    @Test func `files that belong together pass, and others are named`() async throws {
        try await CertificateAuthority.with { authority in
            let (own, other) = (authority.client, authority.server)
            let sound = definition {
                $0.caFile = authority.certificate
                ($0.certificateFile, $0.privateKeyFile) = (own.certificate, own.key)
            }
            #expect(failure(sound) == nil)
            let mixed = definition { ($0.certificateFile, $0.privateKeyFile) = (own.certificate, other.key) }
            #expect(failure(mixed) == "'\(other.key)' is not the private key of the certificate in '\(own.certificate)'")
            let swapped = definition { ($0.certificateFile, $0.privateKeyFile) = (own.key, own.certificate) }
            #expect(failure(swapped) == "'\(own.key)' holds no certificate in PEM")
            let wrongKey = definition { ($0.certificateFile, $0.privateKeyFile) = (own.certificate, own.certificate) }
            #expect(failure(wrongKey) == "'\(own.certificate)' holds no private key in PEM")
            let absent = definition { $0.caFile = "/nowhere/authority.pem" }
            #expect(failure(absent) == "'/nowhere/authority.pem': no such file or directory")
        }
    }

    @Test func `a file that holds nothing is no file of certificates`() throws {
        let directory = try TemporaryDirectory()
        for text in ["", "no certificate\n"] {
            try TemporaryDirectory.write(text, to: directory.file("empty.pem"))
            let definition = definition { $0.caFile = directory.file("empty.pem") }
            #expect(failure(definition) == "'\(directory.file("empty.pem"))' holds no certificate in PEM")
        }
    }

    @Test func `an output without TLS has no files to be wrong`() {
        #expect(failure(OutputDefinition(name: "siem", kind: .stdout)) == nil)
        #expect(failure(OutputDefinition(name: "siem", kind: .tcp(TCPSettings(host: "h", port: 1)))) == nil)
    }

    @Test func `certificates tell how long they are valid`() async throws {
        try await CertificateAuthority.with { authority in
            var tls = TLSSettings()
            tls.caFile = authority.certificate
            (tls.certificateFile, tls.privateKeyFile) = (authority.client.certificate, authority.client.key)
            let files = try tls.certificateFiles()
            #expect(files.map(\.role) == [.authority, .own])
            #expect(files.map(\.path) == [authority.certificate, authority.client.certificate])
            for validity in files.flatMap(\.certificates) { #expect(validity.ends - validity.begins == .seconds(2 * 86_400)) }
        }
    }
}
