import AuditCore
import Formats
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `Outputs by flag` {
    private let yaml = """
        outputs:
          siem: {type: tcp, address: "collector.example:6514"}
          archive: {type: file, path: /srv/audits}
          tcp-a-1: {type: stdout}
        """

    private func outputs(_ references: String...) throws(Failure) -> [OutputDefinition] {
        try Fixture.load(yaml, flags: ConfigurationFlags(outputs: references)).outputs
    }

    private func problem(_ references: String...) -> String? {
        let failure = Fixture.failure(yaml, flags: ConfigurationFlags(outputs: references))
        #expect(failure?.code == .usage)
        return failure?.message
    }

    @Test func `run alone, in the order of the flags`() throws {
        #expect(try outputs().map(\.name) == ["siem", "archive", "tcp-a-1"])
        #expect(try outputs("archive", "siem").map(\.name) == ["archive", "siem"])
        #expect(try outputs("stdout") == [OutputDefinition(name: "stdout", kind: .stdout)])
    }

    @Test(arguments: [
        (
            "tcp://Collector.Example:6514", "tcp-collector.example-6514",
            OutputKind.tcp(TCPSettings(host: "Collector.Example", port: 6514))
        ),
        ("tcp://[::1]:514/", "tcp-_3a_3a1-514", .tcp(TCPSettings(host: "::1", port: 514))),
        ("tcp://a_b:1", "tcp-a_5fb-1", .tcp(TCPSettings(host: "a_b", port: 1))),
        (
            "tls://collector:6514", "tls-collector-6514",
            .tcp(TCPSettings(connection: ConnectionSettings(addresses: [HostPort("collector", 6514)], tls: TLSSettings())))
        ),
        ("syslog+udp://h:514", "syslog-udp-h-514", .syslog(SyslogSettings(transport: .udp([HostPort("h", 514)])))),
        (
            "syslog+tls://h:6514", "syslog-tls-h-6514",
            .syslog(
                SyslogSettings(
                    transport: .stream(
                        ConnectionSettings(addresses: [HostPort("h", 6514)], tls: TLSSettings()), .octetCounted, .kernel)))
        ),
        ("relp://h:2514", "relp-h-2514", .relp(RELPSettings(host: "h", port: 2514))),
        (
            "relp+tls://h:2514", "relp-tls-h-2514",
            .relp(RELPSettings(connection: ConnectionSettings(addresses: [HostPort("h", 2514)], tls: TLSSettings())))
        ),
        ("syslog+unix:///dev/log", "syslog-unix--dev-log", .syslog(SyslogSettings(transport: .unix(path: "/dev/log")))),
        ("journald", "journald", .journald(JournaldSettings())),
        ("file:///var/log/a.ndjson", "file--var-log-a.ndjson", .file(FileSettings(path: "/var/log/a.ndjson"))),
        ("file:/var//log/./a", "file--var-log-a", .file(FileSettings(path: "/var/log/a"))),
        ("file://localhost/a%20b", "file--a_20b", .file(FileSettings(path: "/a b"))),
        ("file:a-b_c", "file--home-ana-a_2db_5fc", .file(FileSettings(path: "/home/ana/a-b_c"))),
        ("FILE:///a", "file--a", .file(FileSettings(path: "/a"))),
    ])
    func `are whole outputs when they are URLs`(_ url: String, _ name: String, _ kind: OutputKind) throws {
        #expect(try outputs(url) == [OutputDefinition(name: name, kind: kind)])
    }

    @Test(arguments: [
        ("sime", "'sime' is no output of auditferry.yaml; did you mean 'siem'?"),
        ("otlp+https://h:1", "'otlp+https' is an output that this version does not have yet"),
        ("syslog+tls://h", "'syslog+tls://h' is not 'syslog+tls://host:port', with a port from 1 to 65535"),
        ("syslog+unix:log", "'syslog+unix:log' is not 'syslog+unix:///path'"),
        ("relp://h", "'relp://h' is not 'relp://host:port', with a port from 1 to 65535"),
        ("syslog+udpp://h:1", "'syslog…' is not an output; did you mean 'syslog+udp'?"),
        ("splunk+https://token:hunter2@h:8088", "'splunk+https' is an output that this version does not have yet"),
        ("tpc://h:1", "'tpc' is not an output; did you mean 'tcp'?"),
        (
            "gopher://h:1",
            "'gopher' is not an output; it is one of stdout, journald, file, tcp, tls, syslog+udp, syslog+tcp, syslog+tls, syslog+unix, "
                + "relp, relp+tls"
        ),
        ("tcp://ana:hunter2@h:1", "'…@h:1' is not 'tcp://host:port', with a port from 1 to 65535"),
        ("tcp:h:1", "'tcp:h:1' is not 'tcp://host:port', with a port from 1 to 65535"),
        ("tcp://h:1/path", "'tcp://h:1/path' is not 'tcp://host:port', with a port from 1 to 65535"),
        ("file://host/a", "'file://host/a' names a host; a file of this machine is 'file:///path'"),
        ("file:", "'file:' does not name a file"), ("file:///a/", "'file:///a/' does not name a file"),
        ("file:///a%0ab", "'file:///a%0ab' does not name a file"), ("file:///a%zz", "'file:///a%zz' does not name a file"),
        ("file:///a?b", "'file:///a?b' has a '?' or a '#'; in a path they are written %3F and %23"),
        ("/var/log/a", "'/var/log/a' is neither the name of an output nor a URL; a file is written 'file:/var/log/a'"),
        ("", "'' is neither the name of an output nor a URL"),
        ("tcp://a:1", "'tcp-a-1', the name of this URL, is that of another output"),
    ])
    func `are refused with the reason`(_ reference: String, _ message: String) {
        #expect(problem(reference) == "--output: \(message)")
    }

    @Test func `are given once each`() {
        #expect(problem("siem", "siem") == "--output: 'siem' is given twice")
        #expect(problem("file:///a", "file:/a") == "--output: 'file--a' is given twice")
        #expect(problem("tcp-a-1", "stdout") == "--output: 'stdout' would cut into the lines of another output to stdout")
    }

    @Test func `all take the format of the flag`() throws {
        let flags = ConfigurationFlags(outputs: ["stdout", "siem"], format: "json")
        #expect(try Fixture.load(yaml, flags: flags).outputs.map(\.format) == [.json, .json])
    }

    @Test func `have names that fit, stay, and differ where the URLs do`() throws {
        let long = "/srv/" + String(repeating: "x", count: 80)
        var paths = ["/a/b", "/a-b", "/a_2db", "/a_b", "/a__b", "/a b", "/A/b", "/é", "/a/b.c", long, long + "y", "/x" + long]
        paths += (1..<100).map { "/srv/\(String(repeating: "deep/", count: 12))\($0)" }
        let names =
            paths.map { OutputName.file(path: $0) }
            + ["a", "a-1", "a.1", "a_1", "::1"].map { OutputName.remote("tcp", host: $0, port: 1) }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy(OutputName.isValid))
        #expect(OutputName.file(path: long) == "file--srv-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx__f99c04f48b2872cd")
    }
}
