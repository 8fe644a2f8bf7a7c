import FaultScenes
import Foundation
import Outputs
import TestTraits
import Testing

/// The output `tcp` by what receivers of lines have stored.
@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct TCPReceiverTests {
    @Test(.needs(.tenzir), arguments: [false, true])
    func `Tenzir gets every line byte for byte`(strict: Bool) async throws {
        try await Scene.withDirectory { directory in
            try await Tenzir(.lines, in: directory).living { tenzir in
                let events = try await tenzir.storing(from: OutputKind.tcp(tenzir.port, strict: strict).output())
                #expect(events.map(\.message) == AwkwardAudits.texts)
            }
        }
    }

    @Test(.needs(.tenzir, .openssl), arguments: [false, true])
    func `Tenzir gets every line byte for byte over TLS`(strict: Bool) async throws {
        try await Scene.withDirectory { directory in
            let authority = try await CertificateAuthority(in: directory + "/certificates")
            try await Tenzir(.lines, in: directory, authority: authority).living { tenzir in
                let output = OutputKind.tcp(tenzir.port, tls: TLSSettings(of: authority), strict: strict).output()
                let events = try await tenzir.storing(from: output)
                #expect(events.map(\.message) == AwkwardAudits.texts)
            }
        }
    }

    @Test(.needs(.tenzir)) func `Tenzir reads every line as a JSON object`() async throws {
        try await Scene.withDirectory { directory in
            try await Tenzir(.json, in: directory).living { tenzir in
                let events = try await tenzir.storing(from: OutputKind.tcp(tenzir.port).output())
                #expect(events.map { $0["id"]?.string } == AwkwardAudits.ids)
                #expect(events[3]["lines"]?.string == "one\ntwo\r\nthree\ttabbed")
                #expect(events[8]["empty"] == .string(""))
                #expect(events[8]["nothing"] == .null)
            }
        }
    }

    /// It takes a line that is no syslog message as it is.
    @Test(.needs(.rsyslogd)) func `rsyslog gets every line byte for byte`() async throws {
        try await Scene.withDirectory { directory in
            try await Rsyslog(in: directory).living { rsyslog in
                let events = try await rsyslog.storing(from: OutputKind.tcp(rsyslog.port(.tcp)).output())
                #expect(events.map { $0["raw"]?.string } == AwkwardAudits.texts)
            }
        }
    }

    @Test(.needs(.syslogNG)) func `syslog-ng gets every line byte for byte`() async throws {
        try await Scene.withDirectory { directory in
            try await SyslogNG(in: directory).living { syslogNG in
                let events = try await syslogNG.storing(from: OutputKind.tcp(syslogNG.port(.raw)).output())
                #expect(events.map(\.message) == AwkwardAudits.texts)
            }
        }
    }
}
