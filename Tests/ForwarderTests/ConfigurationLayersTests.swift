import AuditAPI
import AuditCore
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `The layers of the configuration` {
    private func load(
        _ files: MemoryFiles, _ environment: [String: String], _ flags: ConfigurationFlags = .init()
    ) throws(Failure) -> (configuration: ForwarderConfiguration, warnings: [String]) {
        try ForwarderConfiguration.load(flags: flags, environment: environment, files: files)
    }

    private func problems(_ files: MemoryFiles, _ environment: [String: String]) -> [String] {
        do throws(Failure) {
            _ = try load(files, environment)
            return []
        } catch {
            return error.problems
        }
    }

    private let file = """
        genesys: {region: eu-central-1, client_id: of-the-file, client_secret: of-the-file}
        log: {level: debug}
        offsets: {path: /of/the/file}
        tail: {since: 1h}
        """

    @Test func `without any file need credentials from the environment and nothing else`() throws {
        let configuration = try Fixture.load()
        #expect(configuration.genesys.endpoints == Endpoints(region: try #require(Region("eu-west-1"))))
        #expect(configuration.genesys.credentials == Credentials(clientID: "client-7", secret: Secret(Fixture.secret)))
        #expect(configuration.outputs == [OutputDefinition(name: "stdout", kind: .stdout)])
        #expect(configuration.offsetsPath == "/home/ana/.local/state/auditferry/offsets.db")
        #expect(configuration.source == nil)
    }

    @Test func `say for each missing piece how it can be given`() {
        #expect(
            problems(MemoryFiles(), ["HOME": "/h"]) == [
                "genesys.region: missing; set it in the configuration file, or the variable GENESYSCLOUD_REGION or "
                    + "GENESYSCLOUD_REGION_FILE; or give genesys.api_url",
                "genesys.client_id: missing; set it in the configuration file, or the variable GENESYSCLOUD_OAUTHCLIENT_ID or "
                    + "GENESYSCLOUD_OAUTHCLIENT_ID_FILE",
                "genesys.client_secret: missing; set it in the configuration file, or the variable "
                    + "GENESYSCLOUD_OAUTHCLIENT_SECRET or GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE",
            ])
    }

    @Test func `put the environment over the file, and flags over both`() throws {
        let files = MemoryFiles(["/home/ana/auditferry.yaml": file])
        let alone = try load(files, [:]).configuration
        #expect(alone.genesys.endpoints.api == "https://api.mypurecloud.de")
        #expect(alone.genesys.credentials == Credentials(clientID: "of-the-file", secret: Secret("of-the-file")))
        let exported = try load(files, Fixture.environment).configuration
        #expect(exported.genesys.endpoints.api == "https://api.mypurecloud.ie")
        #expect(exported.genesys.credentials == Credentials(clientID: "client-7", secret: Secret(Fixture.secret)))
        #expect(exported.log.level == .debug)
        let flags = ConfigurationFlags(
            offsetsPath: "/of/the/flags", since: "2026-03-02T00:00:00Z", until: "2026-03-03T00:00:00Z", region: "us-east-1",
            logLevel: "error", logFormat: "json")
        let flagged = try load(files, Fixture.environment, flags).configuration
        #expect(flagged.genesys.endpoints.api == "https://api.mypurecloud.com")
        #expect(flagged.offsetsPath == "/of/the/flags")
        #expect(flagged.tail.since == .at(Instant("2026-03-02T00:00:00Z")!))
        #expect(flagged.tail.until == Instant("2026-03-03T00:00:00Z"))
        #expect(flagged.log == LogSettings(level: .error, format: .json))
    }

    @Test func `take the region from a flag alone`() throws {
        var environment = Fixture.environment
        environment["GENESYSCLOUD_REGION"] = nil
        let configuration = try load(MemoryFiles(), environment, ConfigurationFlags(region: "us-west-2")).configuration
        #expect(configuration.genesys.endpoints.login == "https://login.usw2.pure.cloud")
    }

    @Test func `report a refused value once, and not as missing too`() {
        let environment = ["HOME": "/h", "GENESYSCLOUD_OAUTHCLIENT_ID": "client-7", "CREDENTIALS_DIRECTORY": "/run/c"]
        var files = MemoryFiles(["/home/ana/auditferry.yaml": "genesys: {region: nowhere}"])
        files.unreadable = ["/run/c/client_secret"]
        #expect(
            problems(files, environment) == [
                "auditferry.yaml:1: genesys.region: 'nowhere' is not a region such as us-east-1 or mypurecloud.ie",
                "CREDENTIALS_DIRECTORY: '/run/c/client_secret' cannot be read: permission denied",
            ])
    }

    @Test func `take an empty variable for one that is not set`() throws {
        let files = MemoryFiles(["/home/ana/auditferry.yaml": file])
        let environment = ["GENESYSCLOUD_REGION": "", "GENESYSCLOUD_OAUTHCLIENT_SECRET": ""]
        #expect(try load(files, environment).configuration.genesys.credentials.secret == Secret("of-the-file"))
    }

    @Test func `take own hosts in place of a region`() throws {
        var environment = Fixture.environment
        environment["GENESYSCLOUD_REGION"] = nil
        environment["GENESYSCLOUD_API_URL"] = "http://127.0.0.1:8080/api/"
        environment["GENESYSCLOUD_LOGIN_URL"] = "http://localhost:8081"
        let (configuration, warnings) = try load(MemoryFiles(), environment)
        #expect(configuration.genesys.endpoints.api == "http://127.0.0.1:8080/api")
        #expect(configuration.genesys.endpoints.login == "http://localhost:8081")
        #expect(warnings == [])
        environment["GENESYSCLOUD_LOGIN_URL"] = "http://gateway.example"
        #expect(try load(MemoryFiles(), environment).warnings.count == 1)
    }

    @Test func `read each credential from the file that a variable names, less its line end`() throws {
        let files = MemoryFiles(["/run/region": "us-east-1\n", "/run/id": "of-a-file\r\n", "/run/secret": "\(Fixture.secret)\n"])
        let configuration = try load(
            files,
            [
                "GENESYSCLOUD_REGION_FILE": "/run/region", "GENESYSCLOUD_OAUTHCLIENT_ID_FILE": "/run/id",
                "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE": "/run/secret", "STATE_DIRECTORY": "/var/lib/af:/var/lib/other",
            ]
        ).configuration
        #expect(configuration.genesys.endpoints.api == "https://api.mypurecloud.com")
        #expect(configuration.genesys.credentials == Credentials(clientID: "of-a-file", secret: Secret(Fixture.secret)))
        #expect(configuration.offsetsPath == "/var/lib/af/offsets.db")
    }

    @Test func `take the secret from the variable, then from systemd, then from the file`() throws {
        var files = MemoryFiles(["/home/ana/auditferry.yaml": file])
        var environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/af"]
        #expect(try load(files, environment).configuration.genesys.credentials.secret == Secret("of-the-file"))
        files.contents["/run/credentials/af/client_secret"] = Array("of-systemd\n".utf8)
        #expect(try load(files, environment).configuration.genesys.credentials.secret == Secret("of-systemd"))
        environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = "of-the-variable"
        #expect(try load(files, environment).configuration.genesys.credentials.secret == Secret("of-the-variable"))
    }

    @Test func `read no secret file of a layer that does not win`() throws {
        let yaml = "genesys: {client_secret_file: /run/absent}"
        #expect(try Fixture.load(yaml).genesys.credentials.secret == Secret(Fixture.secret))
    }

    @Test func `refuse a variable beside the same one with _FILE`() {
        var environment = Fixture.environment
        environment["GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE"] = "/run/secret"
        let name = "GENESYSCLOUD_OAUTHCLIENT_SECRET"
        #expect(problems(MemoryFiles(), environment) == ["\(name): set together with \(name)_FILE; only one of them can count"])
    }

    @Test func `say which secret file cannot be used, and why`() {
        var environment = Fixture.environment
        environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = nil
        var files = MemoryFiles([
            "/home/ana/auditferry.yaml": "genesys:\n  client_secret_file: /run/s\n", "/run/empty": "\n", "/run/two": "a\nb\n",
        ])
        files.contents["/run/large"] = Array(repeating: 97, count: 65_537)
        files.contents["/run/bytes"] = [0xff, 0xfe]
        files.unreadable = ["/run/closed"]
        let start = "auditferry.yaml:2: genesys.client_secret_file: '/run/s' "
        #expect(problems(files, environment) == [start + "cannot be read: no such file"])
        for (path, reason) in [
            ("/run/empty", "is empty"), ("/run/two", "holds more than one line of text"), ("/run/bytes", "is not UTF-8 text"),
            ("/run/large", "cannot be read: larger than 64KiB"), ("/run/closed", "cannot be read: permission denied"),
        ] {
            environment["GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE"] = path
            #expect(problems(files, environment) == ["GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE: '\(path)' \(reason)"])
        }
    }

    @Test func `warn of secrets that every user can read`() throws {
        var environment = Fixture.environment
        environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = nil
        var files = MemoryFiles([
            "/home/ana/auditferry.yaml": "genesys: {client_secret_file: /run/s}", "/run/s": Fixture.secret,
        ])
        files.readableByAll = ["/home/ana/auditferry.yaml"]
        #expect(try load(files, environment).warnings == [])
        files.readableByAll.insert("/run/s")
        #expect(
            try load(files, environment).warnings == [
                "auditferry.yaml:1: genesys.client_secret_file: '/run/s' can be read by every user of this machine; use chmod 600"
            ])
        files.contents["/home/ana/auditferry.yaml"] = Array("genesys: {client_secret: abc}".utf8)
        #expect(
            try load(files, environment).warnings == [
                "auditferry.yaml: holds a client secret and can be read by every user of this machine; use chmod 600"
            ])
        files.contents["/home/ana/auditferry.yaml"] = Array("genesys: {client_secret: \"${HOME}\"}".utf8)
        #expect(try load(files, environment).warnings == [])
    }

    @Test func `find the file: the named one, else the directory's, else the machine's`() throws {
        var files = MemoryFiles(["/etc/auditferry/auditferry.yaml": "tail: {since: 3h}", "/srv/a.yaml": "tail: {since: 1h}"])
        #expect(try load(files, Fixture.environment).configuration.source == "/etc/auditferry/auditferry.yaml")
        files.contents["/home/ana/auditferry.yaml"] = Array("tail: {since: 2h}".utf8)
        #expect(try load(files, Fixture.environment).configuration.source == "auditferry.yaml")
        let flags = ConfigurationFlags(configPath: "/srv/a.yaml")
        let named = try load(files, Fixture.environment, flags).configuration
        #expect(named.source == "/srv/a.yaml")
        #expect(named.tail.since == .back(.seconds(3600)))
    }

    @Test func `fail where the file is named and absent, or there and closed`() {
        let absent = Fixture.failure(flags: ConfigurationFlags(configPath: "/srv/none.yaml"))
        #expect(absent?.code == .configuration)
        #expect(absent?.problems == ["'/srv/none.yaml': no such file"])
        var files = MemoryFiles()
        files.unreadable = ["/home/ana/auditferry.yaml"]
        #expect(problems(files, Fixture.environment) == ["'auditferry.yaml': cannot be read: permission denied"])
    }

    @Test(arguments: [
        (["STATE_DIRECTORY": "/s", "HOME": "/h"], true, "/s/offsets.db"),
        (["HOME": "/h"], true, "/var/lib/auditferry/offsets.db"),
        (["HOME": "/h", "XDG_STATE_HOME": "/x"], false, "/x/auditferry/offsets.db"),
        (["HOME": "/h", "XDG_STATE_HOME": "x"], false, "/h/.local/state/auditferry/offsets.db"), ([:], false, nil),
    ])
    func `keep offsets where the system keeps state`(_ environment: [String: String], _ root: Bool, _ path: String?) {
        #expect(DefaultOffsets.path(environment, runsAsRoot: root) == path)
    }

    @Test func `fail where nothing says where offsets are kept`() {
        var environment = Fixture.environment
        environment["HOME"] = nil
        #expect(
            problems(MemoryFiles(), environment) == [
                "offsets.path: has no default, since HOME is not set; set it in the configuration file, or give --offsets"
            ])
    }
}

@Suite(.fewAtATime) struct `Flags` {
    @Test func `that cannot be used are all named at once, as an error of usage`() {
        let flags = ConfigurationFlags(
            outputs: ["tcp://nowhere"], format: "jsn", offsetsPath: "", since: "yesterday", until: "soon", region: "eu-west-11",
            logLevel: "loud", logFormat: "yaml")
        let failure = Fixture.failure("nonsense: 1", flags: flags)
        #expect(failure?.code == .usage)
        #expect(
            failure?.problems == [
                "--format: 'jsn' is not a format; did you mean 'json'?", "--offsets: '' is not a path",
                "--since: 'yesterday' is not 'now', a duration from 1s to 365d, or an instant such as 2026-03-02T08:15:04Z",
                "--until: 'soon' is not an instant such as 2026-03-02T08:15:04Z",
                "--region: 'eu-west-11' is not a region; did you mean 'eu-west-1'?",
                "--log-level: 'loud' is not a log level; it is one of trace, debug, info, notice, warning, error, critical",
                "--log-format: 'yaml' is not a log format; it is one of text, json",
                "--output: 'tcp://nowhere' is not 'tcp://host:port', with a port from 1 to 65535",
            ])
    }

    @Test func `cannot end a run before it begins`() {
        let flags = ConfigurationFlags(since: "2026-03-02T00:00:00Z", until: "2026-03-02T00:00:00Z")
        let failure = Fixture.failure(flags: flags)
        #expect(failure?.code == .usage)
        #expect(failure?.message == "--until: '2026-03-02T00:00:00Z' is not after the start, which is '2026-03-02T00:00:00Z'")
    }
}
