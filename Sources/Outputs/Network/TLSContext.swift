import Glibc
import NIOConcurrencyHelpers
import NIOPosix
import NIOSSL

/// Makes the TLS context of a connection, and keeps it as long as its files stay the same.
final class TLSContext: Sendable {
    /// What tells one state of a file from another.
    private struct Stamp: Equatable {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var size: Int64 = 0
        var seconds = 0
        var nanoseconds = 0

        init(_ path: String?) {
            var status = stat()
            guard let path, stat(path, &status) == 0 else { return }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    private let settings: TLSSettings
    private let isAsked = NIOLockedValueBox(false)
    private let kept = NIOLockedValueBox<(stamps: [Stamp], context: NIOSSLContext)?>(nil)

    init(_ settings: TLSSettings) { self.settings = settings }

    /// Whether a receiver has asked for a certificate of ours, be there one or not: it judges what it gets. Known when the handshake in which it
    /// asks is done.
    var isAskedForCertificate: Bool { isAsked.withLockedValue { $0 } }

    /// Whether a new connection would be made with other files than the last one.
    var hasChanged: Bool { kept.withLockedValue { $0.map { $0.stamps != stamps } ?? false } }

    /// - Throws: `TLSFileFailure`.
    func current() async throws -> NIOSSLContext {
        try await NIOThreadPool.singleton.runIfActive { try self.context() }
    }

    /// Loads the files as the next connection would. Blocks its caller.
    /// - Throws: `TLSFileFailure`.
    func check() throws(TLSFileFailure) { _ = try context() }

    /// `nil` for an address: the certificate is then looked at for the address that was connected to.
    func serverName(_ address: HostPort) -> String? {
        if let name = settings.serverName { return name }
        return SocketAddressText.isAddress(address.host) ? nil : address.host
    }

    private func context() throws(TLSFileFailure) -> NIOSSLContext {
        let stamps = stamps
        if let kept = kept.withLockedValue({ $0 }), kept.stamps == stamps { return kept.context }
        let context = try made(of: configuration())
        kept.withLockedValue { $0 = (stamps, context) }
        return context
    }

    private func made(of configuration: TLSConfiguration) throws(TLSFileFailure) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            let (key, certificate) = (settings.privateKeyFile ?? "", settings.certificateFile ?? "")
            throw TLSFileFailure(description: "'\(key)' is not the private key of the certificate in '\(certificate)'")
        } catch {
            throw TLSFileFailure(description: "the TLS settings cannot be used: \(error)")
        }
    }

    private var stamps: [Stamp] { [settings.caFile, settings.certificateFile, settings.privateKeyFile].map(Stamp.init) }

    private func configuration() throws(TLSFileFailure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = settings.minimumVersion == .tls13 ? .tlsv13 : .tlsv12
        configuration.certificateVerification =
            switch settings.verification {
            case .full: .fullVerification
            case .ca: .noHostnameVerification
            case .none: .none
            }
        if let path = settings.caFile {
            configuration.trustRoots = .certificates(
                try TLSFileFailure.reading(path, "certificate") { try NIOSSLCertificate.fromPEMFile($0) })
        }
        if let path = settings.certificateFile {
            let chain = try TLSFileFailure.reading(path, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let path = settings.privateKeyFile {
            configuration.privateKey = .privateKey(
                try TLSFileFailure.reading(path, "private key") { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        // On a client it is called when the server requests a certificate (RFC 8446 section 4.3.2), and never else.
        configuration.sslContextCallback = { [isAsked] _, promise in
            isAsked.withLockedValue { $0 = true }
            promise.succeed(.noChanges)
        }
        return configuration
    }
}

enum SocketAddressText {
    static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        let plain = host.split(separator: "%").first.map(String.init) ?? host
        return inet_pton(AF_INET, plain, &address) == 1 || inet_pton(AF_INET6, plain, &address) == 1
    }
}
