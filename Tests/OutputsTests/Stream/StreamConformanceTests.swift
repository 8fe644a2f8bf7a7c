import Engine
import EngineTesting
import FaultScenes
import TestTraits
import Testing

@testable import Outputs

/// The stream over TLS, and where only a close acknowledges.
@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct StreamConformanceTests {
    @Test(arguments: OutputConformance.allCases)
    func `over TLS to a receiver that breaks off by a reset`(promise: OutputConformance) async throws {
        try await CertificateAuthority.with { authority in
            try await promise.check {
                let receiver = try TCPReceiver(authority.server)
                return StreamBench(receiver: receiver, connection: .tls(receiver.port, trusting: authority.certificate))
            }
        }
    }

    @Test(arguments: OutputConformance.allCases)
    func `over TLS to a receiver that asks for a certificate and breaks off by a close`(promise: OutputConformance) async throws {
        try await CertificateAuthority.with { authority in
            try await promise.check {
                let receiver = try TCPReceiver(authority.server, client: authority.certificate, end: .close)
                let connection = ConnectionSettings.tls(receiver.port, trusting: authority.certificate, as: authority.client)
                return StreamBench(receiver: receiver, connection: connection)
            }
        }
    }

    @Test(arguments: OutputConformance.allCases)
    func `with closes for acknowledgements`(promise: OutputConformance) async throws {
        try await promise.check {
            let receiver = try TCPReceiver(end: .close)
            let connection = ConnectionSettings(addresses: [HostPort("127.0.0.1", receiver.port)])
            return StreamBench(receiver: receiver, connection: connection, acknowledgement: .close)
        }
    }
}

private struct StreamBench: OutputBench {
    let receiver: TCPReceiver
    let connection: ConnectionSettings
    var acknowledgement = StreamAcknowledgement.kernel
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]

    func makeOutput() -> any Output {
        var settings = TCPSettings(connection: connection)
        settings.acknowledgement = acknowledgement
        return StreamOutput(tcp: settings, format: .json, settle: .seconds(3600))
    }

    func start(_ conduct: ReceiverConduct) async throws { try await receiver.start(conduct) }
    func finish() async throws { try await receiver.finish() }
    func received() -> [String] { receiver.lines.lines }
}
