import Formats
import Outputs
import TestTraits
import Testing

@testable import Forwarder

/// The keys of an output of type `relp`.
@Suite(.fewAtATime)
struct ConfigurationRELPTests {
    private func settings(_ keys: String) throws -> RELPSettings? {
        let output = try Fixture.load("outputs: {siem: {type: relp, \(keys)}}").outputs.first
        guard case .relp(let settings)? = output?.kind else { return nil }
        return settings
    }

    @Test func `an address is enough`() throws {
        let settings = try #require(try settings("address: 'h:2514'"))
        #expect(settings == RELPSettings(host: "h", port: 2514))
        #expect(settings.window == 128 && settings.largestMessage == 131_072 && settings.answerTimeout == .seconds(30))
        #expect(settings.payload == .syslog(SyslogMessageSettings()))
    }

    @Test func `everything can be said`() throws {
        let settings = try #require(
            try settings(
                """
                address: ['a:2514', '[::1]:2514'], tls: {ca_file: /ca.pem}, timeout: 1m, window: 1000, max_message_size: 1MiB,
                answer_timeout: 5m, payload: syslog, facility: local3, app_name: genesys, structured_data: off
                """))
        var tls = TLSSettings()
        tls.caFile = "/ca.pem"
        var expected = RELPSettings(
            connection: ConnectionSettings(addresses: [HostPort("a", 2514), HostPort("::1", 2514)], tls: tls))
        expected.connection.timeout = .seconds(60)
        expected.window = 1000
        expected.largestMessage = 1 << 20
        expected.answerTimeout = .seconds(300)
        var message = SyslogMessageSettings()
        message.facility = .local3
        message.appName = "genesys"
        message.enterpriseNumber = nil
        expected.payload = .syslog(message)
        #expect(settings == expected)
    }

    @Test func `events may be sent alone`() throws {
        #expect(try settings("address: 'h:1', payload: raw")?.payload == .raw)
    }

    @Test(arguments: [
        ("window: 1", "type: 'relp' needs an 'address' beside it"),
        ("address: 'h:1', window: 0", "window: '0' is not a whole number from 1 to 65536"),
        ("address: 'h:1', max_message_size: 100B", "max_message_size: '100B' is not a size from 480B to 64MiB"),
        ("address: 'h:1', answer_timeout: 0s", "answer_timeout: '0s' is not a duration from 1s to 1d"),
        ("address: 'h:1', payload: gelf", "payload: 'gelf' is not a payload; it is one of syslog, raw"),
        ("address: 'h:1', payload: raw, facility: local3", "facility: unknown key"),
        ("address: 'h:1', framing: newline", "framing: unknown key"),
    ])
    func `what is impossible is refused with the reason`(_ keys: String, _ problem: String) {
        let problems = Fixture.problems("outputs: {siem: {type: relp, \(keys)}}")
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains(": outputs.siem.\(problem)") == true, "\(problems)")
    }
}
