import Formats
import Outputs
import TestTraits
import Testing

@testable import Forwarder

/// The keys of an output of type `syslog`.
@Suite(.fewAtATime)
struct ConfigurationSyslogTests {
    private func settings(_ keys: String) throws -> SyslogSettings? {
        let output = try Fixture.load("outputs: {siem: {type: syslog, \(keys)}}").outputs.first
        guard case .syslog(let settings)? = output?.kind else { return nil }
        return settings
    }

    @Test func `each transport has its own keys`() throws {
        #expect(try settings("transport: udp, address: 'h:514'") == SyslogSettings(transport: .udp([HostPort("h", 514)])))
        #expect(try settings("transport: unix") == SyslogSettings(transport: .unix(path: "/dev/log")))
        #expect(try settings("transport: unix, path: /run/log") == SyslogSettings(transport: .unix(path: "/run/log")))
        let clear = ConnectionSettings(addresses: [HostPort("h", 601)])
        #expect(
            try settings("transport: tcp, address: 'h:601', framing: newline, acknowledgement: close")
                == SyslogSettings(transport: .stream(clear, .newline, .close)))
        let secure = ConnectionSettings(addresses: [HostPort("h", 6514)], tls: TLSSettings())
        #expect(
            try settings("transport: tls, address: 'h:6514'")
                == SyslogSettings(transport: .stream(secure, .octetCounted, .kernel)))
    }

    @Test func `every part of a message can be said`() throws {
        let settings = try #require(
            try settings(
                """
                transport: unix, version: rfc3164, facility: local3, app_name: genesys, hostname: pbx, message_id: audit,
                byte_order_mark: true, structured_data: {enterprise_number: 1234}, max_message_size: 64KiB,
                severity: [{severity: alert, actions: [Delete], entity_types: [Role], services: [a], statuses: [SUCCESS]},
                {severity: info}]
                """))
        var message = SyslogMessageSettings()
        message.version = .rfc3164
        message.facility = .local3
        message.appName = "genesys"
        message.hostname = "pbx"
        message.messageID = "audit"
        message.hasByteOrderMark = true
        message.enterpriseNumber = 1234
        var rule = SeverityRules.Rule(severity: .alert)
        rule.actions = ["Delete"]
        rule.entityTypes = ["Role"]
        rule.services = ["a"]
        rule.statuses = ["SUCCESS"]
        message.severity = SeverityRules(rules: [rule, .init(severity: .informational)])
        #expect(settings.message == message)
        #expect(settings.largestMessage == 65_536)
    }

    @Test func `one severity for all, and no structured data`() throws {
        let settings = try #require(try settings("transport: unix, severity: warning, structured_data: off"))
        #expect(settings.message.severity == SeverityRules(rules: [.init(severity: .warning)]))
        #expect(settings.message.enterpriseNumber == nil)
    }

    @Test func `standard output has severities before its lines when asked`() throws {
        func kind(_ keys: String) throws -> OutputKind? {
            try Fixture.load("outputs: {a: {type: stdout\(keys)}}").outputs.first?.kind
        }
        #expect(try kind("") == .stdout && kind(", priority_prefix: false") == .stdout)
        #expect(try kind(", priority_prefix: true") == .standardOutput(StdoutSettings(priorities: SeverityRules())))
        let rules = SeverityRules(rules: [.init(severity: .debug)])
        #expect(try kind(", priority_prefix: true, severity: debug") == .standardOutput(StdoutSettings(priorities: rules)))
        #expect(Fixture.problems("outputs: {a: {type: stdout, severity: debug}}").count == 1)
    }

    @Test(arguments: [
        ("facility: local8", "type: 'syslog' needs a 'transport' beside it; it is one of udp, tcp, tls, unix"),
        ("transport: quic", "transport: 'quic' is not a transport; it is one of udp, tcp, tls, unix"),
        ("transport: udp", "type: 'syslog' needs an 'address' beside it"),
        ("transport: udp, address: 'h:1', tls: on", "tls: unknown key"),
        ("transport: unix, facility: local8", "facility: 'local8' is not a facility; did you mean 'local0'?"),
        (
            "transport: unix, app_name: 'a b'",
            "app_name: 'a b' is not a name of 1 to 48 printable ASCII characters without spaces"
        ),
        ("transport: unix, max_message_size: 100B", "max_message_size: '100B' is not a size from 480B to 64MiB"),
        ("transport: unix, severity: [{actions: [a]}]", "severity[0]: has no 'severity'"),
        ("transport: unix, severity: urgent", "severity: 'urgent' is not a severity"),
    ])
    func `what is impossible is refused with the reason`(_ keys: String, _ problem: String) {
        let problems = Fixture.problems("outputs: {siem: {type: syslog, \(keys)}}")
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains(": outputs.siem.\(problem)") == true, "\(problems)")
    }
}
