import Foundation

/// Certificates for one test run, made with openssl in a directory of their own: of an authority that the two sides trust, and of one that
/// nobody knows.
package struct CertificateAuthority: Sendable {
    /// A certificate and its key, as files in PEM.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The name that the receivers ask of a client: a subject alternative name of `client`.
    package static let clientName = "forwarder.example"

    private let directory: String

    package var certificate: String { directory + "/authority.pem" }
    /// For localhost, 127.0.0.1 and ::1.
    package var server: Identity { identity("server") }
    /// For another host.
    package var otherServer: Identity { identity("other-server") }
    package var client: Identity { identity("client") }
    /// Another one with the same name, as a renewal makes it.
    package var renewedClient: Identity { identity("renewed-client") }
    /// Of the unknown authority.
    package var unknownCertificate: String { directory + "/unknown-authority.pem" }
    /// For the right host, by the unknown authority.
    package var unknownServer: Identity { identity("unknown-server") }
    /// With the right name, by the unknown authority.
    package var unknownClient: Identity { identity("unknown-client") }

    private func identity(_ name: String) -> Identity {
        Identity(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
    }

    /// Makes all of them; `directory` may be there already.
    package init(in directory: String) async throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let environment = ["OPENSSL": try ReceiverProgram.openssl.demanded(), "CLIENT": CertificateAuthority.clientName]
        let script = "cd '\(directory)'\n" + CertificateAuthority.script
        let ended = try await Program.run([], environment: environment, script: script)
        try demand(ended.status == 0, "certificates cannot be made:\n\(ended.errors)")
    }

    /// Runs `body` with certificates that are removed afterwards.
    package static func with<Value: Sendable>(
        _ body: @Sendable (CertificateAuthority) async throws -> Value
    ) async throws -> Value {
        try await Scene.withDirectory { try await body(CertificateAuthority(in: $0)) }
    }

    private static let script = #"""
        set -e
        new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        authority() {
            "$OPENSSL" req -x509 $new -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" \
                -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
        }
        leaf() { # name, authority, usage, subject alternative names
            "$OPENSSL" req $new -subj "/CN=$1" -keyout "$1.key" -out "$1.request"
            printf 'subjectAltName=%s\nextendedKeyUsage=%s\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n' "$4" "$3" > "$1.ext"
            "$OPENSSL" x509 -req -in "$1.request" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.pem"
        }
        here="DNS:localhost,IP:127.0.0.1,IP:::1"
        authority authority
        authority unknown-authority
        leaf server authority serverAuth "$here"
        leaf other-server authority serverAuth "DNS:other.example"
        leaf client authority clientAuth "DNS:$CLIENT"
        leaf renewed-client authority clientAuth "DNS:$CLIENT"
        leaf unknown-server unknown-authority serverAuth "$here"
        leaf unknown-client unknown-authority clientAuth "DNS:$CLIENT"
        """#
}
