import FaultScenes
import NIOSSL

@testable import Outputs

extension TCPReceiver {
    /// A collector that speaks TLS.
    ///
    /// - Parameters:
    ///   - client: whose certificates it asks of its clients; it asks for none where `nil`.
    ///   - hesitates: judges a client only when that has half closed.
    convenience init(
        _ identity: CertificateAuthority.Identity, client: String? = nil, end: End = .reset, hesitates: Bool = false
    ) throws {
        let chain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: identity.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        if let client {
            configuration.trustRoots = .file(client)
            configuration.certificateVerification = .noHostnameVerification
        }
        try self.init(end: end, tls: NIOSSLContext(configuration: configuration), hesitates: hesitates)
    }
}

extension ConnectionSettings {
    /// - Parameter identity: the client's own, where it has one.
    static func tls(_ port: Int, trusting authority: String, as identity: CertificateAuthority.Identity? = nil)
        -> ConnectionSettings
    {
        var tls = TLSSettings()
        tls.caFile = authority
        tls.certificateFile = identity?.certificate
        tls.privateKeyFile = identity?.key
        return ConnectionSettings(addresses: [HostPort("127.0.0.1", port)], tls: tls)
    }
}
