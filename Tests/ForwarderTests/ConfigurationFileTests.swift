import AuditAPI
import AuditCore
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A configuration file` {
    @Test func `with three mistakes shows all three with line, key and suggestion`() {
        let yaml = """
            genesys:
              region: eu-wset-1
            outputs:
              siem:
                type: tcp
                adress: collector.example:6514
            tail:
              poll_interval: 15
            """
        #expect(
            Fixture.failure(yaml)
                == Failure(
                    .configuration,
                    problems: [
                        "auditferry.yaml:2: genesys.region: 'eu-wset-1' is not a region; did you mean 'eu-west-1'?",
                        "auditferry.yaml:5: outputs.siem.type: 'tcp' needs an 'address' beside it",
                        "auditferry.yaml:6: outputs.siem.adress: unknown key; did you mean 'address'?",
                        "auditferry.yaml:8: tail.poll_interval: '15' is not a duration from 1s to 1h",
                    ], hint: ConfigurationSource.hint))
    }

    @Test func `with every key is read into values`() throws {
        let configuration = try Fixture.load(
            """
            genesys:
              region: mypurecloud.ie
              client_id: ${ID:-client-9}
              client_secret: ${SECRET}
              services: [Architect, PeoplePermissions]
              exclude_services: [Architect]
              expand_user: false
              requests_per_minute: 120
              filters:
                - {property: EntityType, value: Queue}
                - {property: Action, value: Update}
            tail: {since: 14d, poll_interval: 30s, overlap: 5m}
            offsets: {path: /srv/offsets.db}
            outputs:
              siem:
                type: tcp
                address: "[2001:db8::1]:6514"
                format: json
                batch: {events: 10, bytes: 64KiB}
                retry: {first: 1s, most: 5m}
                dead_letter: /srv/siem.rejected
              archive: {type: file, path: audits.ndjson}
              console: {type: stdout}
            log: {level: debug, format: json}
            shutdown_timeout: 45s
            """, environment: ["SECRET": Fixture.secret, "HOME": "/home/ana"])
        let siem = OutputDefinition(
            name: "siem", kind: .tcp(TCPSettings(host: "2001:db8::1", port: 6514)),
            batch: BatchLimits(events: 10, bytes: 65_536), retry: RetryLimits(first: .seconds(1), most: .seconds(300)),
            deadLetterPath: "/srv/siem.rejected")
        let expected = ForwarderConfiguration(
            genesys: GenesysSettings(
                endpoints: try Endpoints(api: "https://api.mypurecloud.ie", login: "https://login.mypurecloud.ie"),
                credentials: Credentials(clientID: "client-9", secret: Secret(Fixture.secret)),
                selection: AuditSelection(
                    services: .only(["Architect", "PeoplePermissions"]), excludedServices: ["Architect"], expandsUser: false,
                    filters: [
                        AuditQueryFilter(property: .entityType, value: "Queue"),
                        AuditQueryFilter(property: .action, value: "Update"),
                    ]), requestsPerMinute: .perMinute(120)),
            tail: TailConfiguration(since: .back(.seconds(14 * 86_400)), pollInterval: .seconds(30), overlap: .seconds(300)),
            offsetsPath: "/srv/offsets.db",
            outputs: [
                siem, OutputDefinition(name: "archive", kind: .file(FileSettings(path: "audits.ndjson"))),
                OutputDefinition(name: "console", kind: .stdout),
            ], log: LogSettings(level: .debug, format: .json), shutdownTimeout: .seconds(45), source: "auditferry.yaml")
        #expect(configuration == expected)
    }

    @Test(arguments: [
        ("tail: {since: 365d}", TailConfiguration.Start.back(.seconds(365 * 86_400))), ("tail: {since: now}", .now),
        ("tail: {since: 2026-03-02T08:15:04Z}", .at(Instant(milliseconds: 1_772_439_304_000))),
    ])
    func `begins now, a while back or at an instant`(_ yaml: String, _ expected: TailConfiguration.Start) throws {
        #expect(try Fixture.load(yaml).tail.since == expected)
    }

    @Test func `sweeps and reconciles as often and as far back as it says, or not at all`() throws {
        let standard = try Fixture.load("tail: {}").tail
        #expect(standard.sweep == .init(every: .seconds(600), back: .seconds(3600)))
        #expect(standard.reconcile == .init(every: .seconds(86_400), back: .seconds(172_800)))
        let other = try Fixture.load("tail: {sweep: {every: 5m, back: 2h}, reconcile: {back: 7d}}").tail
        #expect(other.sweep == .init(every: .seconds(300), back: .seconds(7200)))
        #expect(other.reconcile == .init(every: .seconds(86_400), back: .seconds(604_800)))
        #expect(try Fixture.load("offsets: {keep_ids: 30d}").keepIDs == .seconds(30 * 86_400))
        #expect(try Fixture.load("offsets: {}").keepIDs == nil)
        let records = try Fixture.load("tail: {heartbeat: 1m, gap_records: true}").tail
        #expect(records.heartbeat == .seconds(60) && records.recordsGaps)
        let silent = try Fixture.load("tail: {heartbeat: off}").tail
        #expect(silent.heartbeat == nil && !silent.recordsGaps)
        let none = try Fixture.load("tail: {sweep: off, reconcile: off}").tail
        #expect(none.sweep == nil && none.reconcile == nil)
        #expect(
            Fixture.problems("tail: {sweep: {evry: 5m}}")
                == ["auditferry.yaml:1: tail.sweep.evry: unknown key; did you mean 'every'?"])
        #expect(
            Fixture.problems("tail: {reconcile: {back: 60d}}")
                == ["auditferry.yaml:1: tail.reconcile.back: '60d' is not a duration from 1m to 31d"])
    }

    @Test
    func `sets the operator's port, which is off by default`() throws {
        #expect(try Fixture.load("http: {listen: 127.0.0.1:9477}").http == HTTPSettings(host: "127.0.0.1", port: 9477))
        #expect(try Fixture.load("http: {listen: '[::1]:9477'}").http == HTTPSettings(host: "::1", port: 9477))
        #expect(try Fixture.load("http: {}").http == nil)
        #expect(try Fixture.load("").http == nil)
        #expect(
            Fixture.problems("http: {listen: 9477}") == [
                "auditferry.yaml:1: http.listen: '9477' is not 'host:port', with a port from 1 to 65535 and an IPv6 address in brackets"
            ])
        #expect(Fixture.problems("http: {lisen: 127.0.0.1:9477}").first?.contains("did you mean 'listen'?") == true)
    }

    @Test(arguments: [
        ("outputs: {a: {type: stdout, where: {levels: [USER]}}}", "outputs.a.where"),
        ("outputs: {a: {type: stdout, redact: [remoteIp]}}", "outputs.a.redact"),
        ("outputs: {a: {type: stdout, add: {x: y}}}", "outputs.a.add"),
        ("outputs: {a: {type: stdout, batch: {wait: 200ms}}}", "outputs.a.batch.wait"),
    ])
    func `with a key of a later version is refused, never half obeyed`(_ yaml: String, _ key: String) {
        #expect(Fixture.problems(yaml) == ["auditferry.yaml:1: \(key): this version does not have it yet"])
    }

    @Test(arguments: NotInThisVersion.outputTypes)
    func `with an output type of a later version is refused`(_ type: String) {
        let problem = "auditferry.yaml:1: outputs.a.type: '\(type)' is an output type that this version does not have yet"
        #expect(Fixture.problems("outputs: {a: {type: \(type), address: x, index: y}}") == [problem])
    }

    @Test(arguments: NotInThisVersion.formats)
    func `with a format of a later version is refused`(_ format: String) {
        let problem = "auditferry.yaml:1: outputs.a.format: '\(format)' is a format that this version does not have yet"
        #expect(Fixture.problems("outputs: {a: {type: stdout, format: \(format)}}") == [problem])
    }

    @Test(arguments: [
        ("outputs: {a: {type: stdout, batch: {events: 0}}}", "'0' is not a whole number from 1 to 10000"),
        ("outputs: {a: {type: stdout, batch: {events: 10001}}}", "'10001' is not a whole number from 1 to 10000"),
        ("outputs: {a: {type: stdout, batch: {events: +5}}}", "'+5' is not a whole number from 1 to 10000"),
        ("outputs: {a: {type: stdout, batch: {bytes: 1023B}}}", "'1023B' is not a size from 1KiB to 64MiB"),
        ("outputs: {a: {type: stdout, batch: {bytes: 1MB}}}", "'1MB' is not a size from 1KiB to 64MiB"),
        ("outputs: {a: {type: stdout, batch: {bytes: 9999999999GiB}}}", "'9999999999GiB' is not a size from 1KiB to 64MiB"),
        ("outputs: {a: {type: stdout, retry: {first: 9ms}}}", "'9ms' is not a duration from 10ms to 1h"),
        ("outputs: {a: {type: stdout, retry: {first: 2m}}}", "'first' is 2m, longer than 'most', which is 1m"),
        ("outputs: {a: {type: stdout, retry: {most: 1s, first: 2s}}}", "'first' is 2s, longer than 'most', which is 1s"),
        ("tail: {overlap: 2d}", "'2d' is not a duration from 1s to 1d"),
        ("tail: {since: 366d}", "'366d' is not 'now', a duration from 1s to 365d, or an instant such as 2026-03-02T08:15:04Z"),
        ("shutdown_timeout: 11m", "'11m' is not a duration from 1s to 10m"),
        ("genesys: {requests_per_minute: 3001}", "'3001' is not 'auto' or a whole number from 1 to 3000"),
        ("genesys: {expand_user: yes}", "'yes' is not 'true' or 'false'"),
        ("log: {level: warn}", "'warn' is not a log level; did you mean 'warning'?"),
        ("log: {format: xml}", "'xml' is not a log format; it is one of text, json"),
        ("offsets: {path: ~/offsets.db}", "'~/offsets.db' begins with '~', which only a shell replaces; write '${HOME}'"),
        ("offsets: {path: \"a\\0b\"}", "'a?b' is not a path"),
        ("offsets: {path: }", "needs a value"), ("offsets: {path: [a]}", "needs a single value, not a list or a mapping"),
        ("offsets: /srv", "needs keys and values below it"), ("- a", "needs keys and values below it"),
    ])
    func `with a value out of its bounds says what they are`(_ yaml: String, _ ending: String) {
        let problems = Fixture.problems(yaml)
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix(": \(ending)") == true, "\(problems)")
    }

    @Test(arguments: [
        ("services: []", "genesys.services: names no service; write 'all' or at least one name"),
        ("services: some", "genesys.services: 'some' is not 'all' or a list of services"),
        ("services: [A, A]", "genesys.services[1]: names the same service as one before it"),
        ("services: [A, B]\n  exclude_services: [B, A]", "genesys.exclude_services: leaves none of the services"),
        ("exclude_services: A", "genesys.exclude_services: needs a list"),
        (
            "filters: [{property: Entity, value: x}]",
            "genesys.filters[0].property: 'Entity' is not a property; did you mean 'EntityId'?"
        ),
        ("filters: [{property: Action, value: x}]", "genesys.filters: 'Action' needs a filter of 'EntityType' beside it"),
        ("filters: [{property: UserId}]", "genesys.filters[0]: has no 'value'"),
        (
            "filters: [{property: UserId, value: x}, {property: UserId, value: y}]",
            "genesys.filters[1].property: 'UserId' has a filter already; the API takes one a property"
        ),
        (
            "client_secret: a\n  client_secret_file: b",
            "genesys.client_secret_file: stands beside client_secret; only one of them can count"
        ),
        ("client_secret: \"a\\nb\"", "genesys.client_secret: holds more than one line of text"),
        (
            "api_url: ftp://x",
            "genesys.api_url: 'ftp://x' is not a URL such as https://api.mypurecloud.ie, without user, query or fragment"
        ),
        (
            "api_url: https://ana:hunter2@x",
            "genesys.api_url: '…@x' is not a URL such as https://api.mypurecloud.ie, without user, query or fragment"
        ),
    ])
    func `with an impossible organization says why`(_ lines: String, _ problem: String) {
        let problems = Fixture.problems("genesys:\n  \(lines)")
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix(": \(problem)") == true, "\(problems)")
    }

    @Test(arguments: [
        ("a b: {type: stdout}", "outputs.a…: the name is not 1 to 64 of the characters A-Z a-z 0-9 _ . -"),
        ("a: {format: json}", "outputs.a: has no 'type'; it is one of stdout, file, tcp, syslog, relp, journald"),
        ("a: {type: fille, path: x}", "outputs.a.type: 'fille' is not an output type; did you mean 'file'?"),
        ("a: {type: file}", "outputs.a.type: 'file' needs a 'path' beside it"),
        ("a: {type: stdout, path: x}", "outputs.a.path: unknown key"),
        (
            "a: {type: tcp, address: collector.example}",
            "outputs.a.address: 'collector.example' is not 'host:port', with a port from 1 to 65535 and an IPv6 address in brackets"
        ),
        ("stdout: {type: file, path: x}", "outputs.stdout.type: an output that is named 'stdout' can only have this type"),
        ("{a: {type: file, path: x/y}, b: {type: file, path: ./x//y}}", "outputs.b.path: the same file as outputs.a.path"),
        ("{a: {type: stdout}, b: {type: stdout}}", "outputs.b.type: standard output is outputs.a already"),
        ("{a: {type: file, path: x, dead_letter: x}}", "outputs.a.dead_letter: the same file as outputs.a.path"),
    ])
    func `with an impossible output says why`(_ lines: String, _ problem: String) {
        let problems = Fixture.problems("outputs:\n  \(lines)")
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix(": \(problem)") == true, "\(problems)")
    }

    @Test(arguments: [
        "127.0.0.1:70000", "host:", ":514", "::1:514", "[::1]", "[::g]:514", "[1.2.3.4]:1", "a b:1", "a..b:1", "host:1 ",
        "host:-1",
        "tcp://host:1",
    ])
    func `refuses what is no address`(_ address: String) {
        #expect(NetworkAddress(address) == nil)
    }

    @Test func `takes names and addresses of both families`() {
        #expect(NetworkAddress("log_sink.example-2.org:514")?.host == "log_sink.example-2.org")
        #expect(NetworkAddress("192.0.2.7:65535")?.port == 65_535)
        #expect(NetworkAddress("[fe80::1%eth0]:514")?.host == "fe80::1%eth0")
    }

    @Test func `with commented sections is as good as none`() throws {
        #expect(try Fixture.load("genesys:\ntail:\noutputs:\nlog: ~\n").outputs.map(\.kind) == [.stdout])
    }

    @Test func `names the variable that is not set`() {
        let yaml = "genesys:\n  client_secret: ${NOWHERE}\n"
        #expect(Fixture.problems(yaml) == ["auditferry.yaml:2: genesys.client_secret: the variable 'NOWHERE' is not set"])
    }

    @Test func `with countless mistakes lists fifty and counts the rest`() {
        let yaml = (0..<70).map { "key\($0): 1\n" }.joined()
        let problems = Fixture.problems(yaml)
        #expect(problems.count == 51)
        #expect(problems.last == "20 more problems")
    }

    @Test func `that was given as an example is right and warns of nothing`() throws {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/packaging/auditferry.example.yaml"
        let example = try LocalFiles().read(path, limit: YAMLReader.maximumBytes).bytes
        var files = MemoryFiles(["/etc/auditferry/client_secret": "\(Fixture.secret)\n"])
        files.contents["/etc/auditferry/auditferry.yaml"] = example
        let (configuration, warnings) = try ForwarderConfiguration.load(environment: [:], files: files)
        #expect(warnings == [])
        #expect(configuration.genesys.credentials.secret == Secret(Fixture.secret))
        #expect(configuration.outputs.map(\.name) == ["siem", "archive"])
        #expect(configuration.outputs.first?.kind == .tcp(TCPSettings(host: "collector.example", port: 6514)))
        #expect(configuration.outputs.first?.batch == BatchLimits(), "the example shows the defaults")
        #expect(configuration.outputs.first?.retry == RetryLimits(), "the example shows the defaults")
        #expect(configuration.tail == TailConfiguration(), "the example shows the defaults")
        #expect(configuration.log == LogSettings(), "the example shows the defaults")
    }
}
