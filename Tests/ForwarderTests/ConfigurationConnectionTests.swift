import AuditCore
import Outputs
import TestTraits
import Testing

@testable import Forwarder

/// The keys of an output that connects to a receiver.
@Suite(.fewAtATime)
struct ConfigurationConnectionTests {
    private func settings(_ keys: String) throws -> TCPSettings? {
        let output = try Fixture.load("outputs: {siem: {type: tcp, \(keys)}}").outputs.first
        guard case .tcp(let settings)? = output?.kind else { return nil }
        return settings
    }

    @Test func `everything that is not said has its default`() throws {
        let settings = try #require(try settings("address: 'a:1'"))
        #expect(settings == TCPSettings(host: "a", port: 1))
        #expect(settings.framing == .newline && settings.acknowledgement == .kernel && settings.connection.tls == nil)
        #expect(settings.connection.timeout == .seconds(300))
    }

    @Test func `everything can be said`() throws {
        let settings = try #require(
            try settings(
                """
                address: ['a:1', '[::1]:2'], framing: octet_counted, acknowledgement: close, timeout: 20s,
                tls: {ca_file: /ca, certificate_file: /c, private_key_file: /k, server_name: siem.example, verify: ca,
                minimum_version: 1.3}
                """))
        #expect(settings.connection.addresses == [HostPort("a", 1), HostPort("::1", 2)])
        #expect(settings.framing == .octetCounted && settings.acknowledgement == .close)
        #expect(settings.connection.timeout == .seconds(20))
        var tls = TLSSettings()
        tls.caFile = "/ca"
        tls.certificateFile = "/c"
        tls.privateKeyFile = "/k"
        tls.serverName = "siem.example"
        tls.verification = .ca
        tls.minimumVersion = .tls13
        #expect(settings.connection.tls == tls)
    }

    @Test(arguments: [("tls: on", true), ("tls: {}", true), ("tls: off", false)])
    func `TLS is turned on by a word or by its keys`(_ key: String, _ isOn: Bool) throws {
        #expect(try settings("address: 'a:1', \(key)")?.connection.tls == (isOn ? TLSSettings() : nil))
    }

    @Test(arguments: [
        ("type: tcp", "type: 'tcp' needs an 'address' beside it"),
        ("type: tcp, address: []", "address: names no address"),
        ("type: tcp, address: ['a:1', 'a:1']", "address: names an address twice"),
        (
            "type: tcp, address: ['a:1', b]",
            "address[1]: 'b' is not 'host:port', with a port from 1 to 65535 and an IPv6 address in brackets"
        ),
        ("type: tcp, address: 'a:1', tls: maybe", "tls: 'maybe' is not 'on', 'off' or a mapping"),
        ("type: tcp, address: 'a:1', tls: {certificate_file: /c}", "tls.certificate_file: needs 'private_key_file' beside it"),
        ("type: tcp, address: 'a:1', tls: {private_key_file: /c}", "tls.private_key_file: needs 'certificate_file' beside it"),
        ("type: tcp, address: 'a:1', tls: {server_name: 'a b'}", "tls.server_name: 'a b' is not the name of a host"),
        ("type: tcp, address: 'a:1', tls: {cafile: /c}", "tls.cafile: unknown key; did you mean 'ca_file'?"),
        ("type: tcp, address: 'a:1', framing: nil", "framing: 'nil' is not a framing; did you mean 'nul'?"),
    ])
    func `what is impossible is refused with the reason`(_ keys: String, _ problem: String) {
        let problems = Fixture.problems("outputs: {siem: {\(keys)}}")
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix(": outputs.siem.\(problem)") == true, "\(problems)")
    }
}
