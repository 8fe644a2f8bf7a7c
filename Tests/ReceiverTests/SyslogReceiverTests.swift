import FaultScenes
import Outputs
import TestTraits
import Testing

/// The output `syslog` by what receivers have understood: the audit is the message, and its id stands in the structured data.
@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct SyslogReceiverTests {
    @Test(.needs(.rsyslogd, .openssl), arguments: [Rsyslog.Input.tcp, .tls, .tlsOfServer, .unix, .udp])
    func `rsyslog gets every audit byte for byte`(input: Rsyslog.Input) async throws {
        try await Scene.withDirectory { directory in
            let authority = try await CertificateAuthority(in: directory + "/certificates")
            try await Rsyslog(in: directory, authority: authority).living { rsyslog in
                let tls = [.tls, .tlsOfServer].contains(input) ? TLSSettings(of: authority) : nil
                let port = rsyslog.port(input)
                let settings =
                    switch input {
                    case .unix: SyslogSettings(transport: .unix(path: rsyslog.socketPath))
                    case .udp: SyslogSettings(transport: .udp([HostPort("127.0.0.1", port)]))
                    default: SyslogSettings(transport: .stream(.loopback(port, tls: tls), .octetCounted, .kernel))
                    }
                try await expectEverything(in: rsyslog, from: settings) { event, id in
                    event["structured"]?.string?.contains("id=\"\(id)\"") == true
                }
            }
        }
    }

    @Test(.needs(.syslogNG, .openssl), arguments: [SyslogNG.Input.tcp, .tls, .lines, .unixDatagrams, .unixStream])
    func `syslog-ng gets every audit byte for byte`(input: SyslogNG.Input) async throws {
        try await Scene.withDirectory { directory in
            let authority = try await CertificateAuthority(in: directory + "/certificates")
            try await SyslogNG(in: directory, authority: authority).living { syslogNG in
                let tls = input == .tls ? TLSSettings(of: authority) : nil
                let isLocal = [.unixDatagrams, .unixStream].contains(input)
                let framing = input == .lines ? Framing.newline : .octetCounted
                let settings = SyslogSettings(
                    transport: isLocal
                        ? .unix(path: syslogNG.socketPath(input))
                        : .stream(.loopback(syslogNG.port(input), tls: tls), framing, .kernel))
                try await expectEverything(in: syslogNG, from: settings) { event, id in
                    event["_structured"]?.string?.contains("id=\"\(id)\"") == true
                }
            }
        }
    }

    @Test(.needs(.tenzir)) func `Tenzir gets every audit byte for byte`() async throws {
        try await Scene.withDirectory { directory in
            try await Tenzir(.syslog, in: directory).living { tenzir in
                let settings = SyslogSettings(transport: .stream(.loopback(tenzir.port), .octetCounted, .kernel))
                try await expectEverything(in: tenzir, from: settings) { event, _ in event["structured_data"] != nil }
            }
        }
    }

    /// A datagram of UDP is too small for one of the audits; the others arrive.
    private func expectEverything(
        in receiver: some Receiver, from settings: SyslogSettings,
        isMarked: (_ event: StoredEvent, _ id: String) -> Bool
    ) async throws {
        let isUDP = if case .udp = settings.transport { true } else { false }
        let texts = isUDP ? Array(AwkwardAudits.texts.dropLast()) : AwkwardAudits.texts
        let events = try await receiver.storing(from: OutputKind.syslog(settings).output(), expecting: texts.count)
        #expect(events.map(\.message) == texts)
        for (event, id) in zip(events, AwkwardAudits.ids) {
            #expect(isMarked(event, id), "\(id): \(event.fields.filter { $0.key != "raw" })")
        }
    }
}
