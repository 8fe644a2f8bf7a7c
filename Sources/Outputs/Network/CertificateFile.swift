import AuditCore
import NIOSSL

/// A file of certificates that a connection uses, and when they are valid.
public struct CertificateFile: Sendable, Equatable {
    public enum Role: Sendable {
        /// Its certificates say which receivers are trusted: one that is valid may be enough.
        case authority
        /// The program's own, and what leads from it to an authority: all have to be valid.
        case own
    }

    /// Of one certificate, to the second (RFC 5280 section 4.1.2.5).
    public struct Validity: Sendable, Equatable {
        public let begins: Instant
        public let ends: Instant

        public init(begins: Instant, ends: Instant) {
            self.begins = begins
            self.ends = ends
        }
    }

    public let path: String
    public let role: Role
    /// In the order of the file; at least one.
    public let certificates: [Validity]

    public init(path: String, role: Role, certificates: [Validity]) {
        self.path = path
        self.role = role
        self.certificates = certificates
    }
}

extension TLSSettings {
    /// The files of certificates that are named. Blocks its caller while they are read.
    /// - Throws: `TLSFileFailure`.
    public func certificateFiles() throws(TLSFileFailure) -> [CertificateFile] {
        var files: [CertificateFile] = []
        for (path, role) in [(caFile, CertificateFile.Role.authority), (certificateFile, .own)] {
            guard let path else { continue }
            let certificates = try TLSFileFailure.reading(path, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
            files.append(CertificateFile(path: path, role: role, certificates: certificates.map(CertificateFile.Validity.init)))
        }
        return files
    }
}

extension CertificateFile.Validity {
    fileprivate init(_ certificate: NIOSSLCertificate) {
        self.init(
            begins: Instant(seconds: Int64(certificate.notValidBefore)), ends: Instant(seconds: Int64(certificate.notValidAfter)))
    }
}
