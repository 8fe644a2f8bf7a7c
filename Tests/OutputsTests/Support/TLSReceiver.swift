import FaultScenes
import NIOSSL

@testable import Outputs

extension TCPReceiver {
    /// A collector that speaks TLS.
    ///
    /// - Parameter client: whose certificates it asks of its clients; it asks for none where `nil`.
    convenience init(_ identity: CertificateAuthority.Identity, client: String? = nil, end: End = .reset) throws {
        let chain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: identity.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        if let client {
            configuration.trustRoots = .file(client)
            configuration.certificateVerification = .noHostnameVerification
        }
        try self.init(end: end, tls: NIOSSLContext(configuration: configuration))
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
