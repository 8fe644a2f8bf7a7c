import EngineTesting
import FaultScenes
import Outputs
import TestTraits
import Testing

/// The promises of every output, for `tcp` and what real receivers have stored. One at a time: the other tests have time limits.
@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct TCPConformanceTests {
    @Test(.needs(.rsyslogd), arguments: OutputConformance.allCases)
    func `lines to rsyslog`(promise: OutputConformance) async throws {
        try await promise.check {
            try ReceiverBench(
                {
                    let rsyslog = try Rsyslog(in: $0)
                    return (rsyslog, rsyslog.port(.tcp))
                }, line: { ReceiverBench.whole($0["raw"]?.string) }, output: { OutputKind.tcp($0).output() })
        }
    }

    @Test(.needs(.tenzir), arguments: OutputConformance.allCases)
    func `lines to Tenzir`(promise: OutputConformance) async throws {
        try await promise.check {
            try ReceiverBench(tenzir(), line: { ReceiverBench.whole($0.message) }) { OutputKind.tcp($0).output() }
        }
    }

    @Test(.needs(.tenzir), arguments: OutputConformance.allCases)
    func `lines to Tenzir, which acknowledges by closing`(promise: OutputConformance) async throws {
        try await promise.check {
            try ReceiverBench(tenzir(), line: { ReceiverBench.whole($0.message) }) { OutputKind.tcp($0, strict: true).output() }
        }
    }

    @Test(.needs(.tenzir, .openssl), arguments: OutputConformance.allCases)
    func `lines to Tenzir over TLS`(promise: OutputConformance) async throws {
        try await CertificateAuthority.with { authority in
            let tls = TLSSettings(of: authority)
            try await promise.check {
                try ReceiverBench(tenzir(authority), line: { ReceiverBench.whole($0.message) }) {
                    OutputKind.tcp($0, tls: tls).output()
                }
            }
        }
    }

    private func tenzir(_ authority: CertificateAuthority? = nil) -> (String) throws -> (any Receiver, port: Int) {
        { directory in
            let tenzir = try Tenzir(.lines, in: directory, authority: authority)
            return (tenzir, tenzir.port)
        }
    }
}
