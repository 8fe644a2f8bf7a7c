import Engine
import EngineTesting
import FaultScenes
import Logging
import Outputs

extension Receiver {
    /// Hands the awkward audits to an output, which then is drained and closed.
    /// - Parameter count: how many of them it takes; it refuses the others for good.
    /// - Returns: what the receiver has stored of them.
    func storing(
        from output: any Output, expecting count: Int = AwkwardAudits.texts.count
    ) async throws -> [StoredEvent] {
        let book = AnswerBook()
        await book.deliver(AwkwardAudits.batch(), to: output)
        await output.drain()
        let answer = await book.answer(to: 1)
        await output.close()
        switch answer {
        case .acknowledged where count == AwkwardAudits.texts.count: break
        case .acknowledgedExcept(let refused, _) where refused.count == AwkwardAudits.texts.count - count: break
        default: throw Violation("the answer was \(answer)")
        }
        return try await received(count)
    }
}

extension OutputKind {
    func output() -> any Output {
        OutputDefinition(name: "receiver", kind: self).makeOutput(
            logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
    }

    static func tcp(_ port: Int, tls: TLSSettings? = nil, strict: Bool = false) -> OutputKind {
        var settings = TCPSettings(connection: .loopback(port, tls: tls))
        if strict { settings.acknowledgement = .close }
        return .tcp(settings)
    }
}

extension ConnectionSettings {
    static func loopback(_ port: Int, tls: TLSSettings? = nil) -> ConnectionSettings {
        ConnectionSettings(addresses: [HostPort("127.0.0.1", port)], tls: tls)
    }
}

extension TLSSettings {
    /// As a client that the receivers of this authority let in.
    init(of authority: CertificateAuthority) {
        self.init()
        caFile = authority.certificate
        certificateFile = authority.client.certificate
        privateKeyFile = authority.client.key
    }
}
