import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime)
struct OutputWarningTests {
    private func warnings(_ kind: OutputKind) -> [String] { OutputDefinition(name: "siem", kind: kind).warnings }

    @Test func `an output that cannot know whether audits arrive warns of it`() {
        let address = HostPort("h", 1)
        #expect(warnings(.syslog(SyslogSettings(transport: .udp([address])))).count == 1)
        #expect(warnings(.syslog(SyslogSettings(transport: .unix(path: "/dev/log")))) == [])
        #expect(warnings(.tcp(TCPSettings(host: "h", port: 1))) == [])
    }

    @Test func `a receiver that is not verified is warned of`() {
        var connection = ConnectionSettings(addresses: [HostPort("h", 1)], tls: TLSSettings())
        #expect(warnings(.tcp(TCPSettings(connection: connection))) == [])
        connection.tls?.verification = .none
        #expect(warnings(.tcp(TCPSettings(connection: connection))).count == 1)
        #expect(warnings(.syslog(SyslogSettings(transport: .stream(connection, .newline, .kernel)))).count == 1)
    }
}
