import EngineTesting
import FaultScenes
import Outputs
import TestTraits
import Testing

/// The promises of every output, for `relp` and what real receivers have stored.
@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct RELPConformanceTests {
    @Test(.needs(.rsyslogd), arguments: OutputConformance.allCases)
    func `messages to rsyslog`(promise: OutputConformance) async throws {
        try await promise.check {
            try ReceiverBench(
                {
                    let rsyslog = try Rsyslog(in: $0)
                    return (rsyslog, rsyslog.port(.relp))
                }, line: { ReceiverBench.whole($0.message) }, output: { OutputKind.relp($0).output() })
        }
    }

    @Test(.needs(.rsyslogd, .openssl), arguments: OutputConformance.allCases)
    func `messages to rsyslog over TLS`(promise: OutputConformance) async throws {
        try await CertificateAuthority.with { authority in
            let tls = TLSSettings(of: authority)
            try await promise.check {
                try ReceiverBench(
                    {
                        let rsyslog = try Rsyslog(in: $0, authority: authority)
                        return (rsyslog, rsyslog.port(.relpTLS))
                    }, line: { ReceiverBench.whole($0.message) }, output: { OutputKind.relp($0, tls: tls).output() })
            }
        }
    }

    @Test(.needs(.tenzir), arguments: OutputConformance.allCases)
    func `messages to Tenzir`(promise: OutputConformance) async throws {
        try await promise.check {
            try ReceiverBench(
                {
                    let tenzir = try Tenzir(.relp, in: $0)
                    return (tenzir, tenzir.port)
                }, line: { ReceiverBench.whole(event(in: $0["raw"]?.string ?? "")) }, output: { OutputKind.relp($0).output() })
        }
    }

    /// Of a message that Tenzir has, but whose structured data it does not understand: it takes no line end or tab in there.
    private func event(in message: String) -> String? {
        message.range(of: #"{"id":""#).map { String(message[$0.lowerBound...]) }
    }
}
