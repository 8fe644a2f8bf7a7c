import FaultScenes
import NIOCore
import NIOPosix
import NIOSSL

/// A port of the loopback address where TLS is spoken, and nothing said.
enum TLSListener {
    /// Runs `body` beside it.
    static func with<Value: Sendable>(
        _ identity: CertificateAuthority.Identity, _ body: (_ port: Int) async throws -> Value
    ) async throws -> Value {
        let chain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: identity.key, format: .pem)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Value, any Error>
        do { result = .success(try await body(listener.localAddress?.port ?? 0)) } catch { result = .failure(error) }
        try await listener.close()
        return try result.get()
    }
}
