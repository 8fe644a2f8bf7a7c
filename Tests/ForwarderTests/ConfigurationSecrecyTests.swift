import AuditCore
import TestTraits
import Testing

@testable import Forwarder

/// One way to load a valid file and to break it, the same at every run.
private struct Mutations {
    var state: UInt64

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

    static let fragments = [
        ":", " ", "\n", "  ", "- ", "[", "]", "{", "}", "\"", "'", "|", ">", "&a ", "*a", "!!t ", "${", "${X}", "$${", "}", "#",
        "? ",
        "\t", "\0", "\u{feff}", "é", "%", "@", "---\n", "~", "0", "-1", "99999999999999999999d", "\\", ",", "<<: ",
    ]

    mutating func mutate(_ bytes: inout [UInt8]) {
        let place = below(bytes.count)
        let end = min(bytes.count, place + below(12))
        switch below(5) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: Mutations.fragments[below(Mutations.fragments.count)].utf8, at: place)
        case 2 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: below(bytes.count))
        default: bytes.replaceSubrange(place..<end, with: Mutations.fragments[below(Mutations.fragments.count)].utf8)
        }
    }
}

@Suite(.fewAtATime) struct `Broken configurations` {
    private let valid = """
        genesys:
          region: eu-west-1
          client_id: client-9
          client_secret: ${SECRET}
          services: [Architect, Routing]
          filters: [{property: EntityType, value: Queue}]
        tail: {since: 14d, poll_interval: 30s, overlap: 5m}
        outputs:
          siem:
            type: tcp
            address: "[2001:db8::1]:6514"
            batch: {events: 10, bytes: 64KiB}
            retry: {first: 1s, most: 5m}
          archive: {type: file, path: audits.ndjson, dead_letter: "a b"}
        log: {level: debug, format: json}
        shutdown_timeout: 45s
        """

    @Test(arguments: [1, 2, 3, 4]) func `never trap, and end in a configuration or in problems with a place`(_ seed: UInt64) {
        var mutations = Mutations(state: seed)
        let environment = ["SECRET": Fixture.secret, "HOME": "/home/ana"]
        var loaded = 0
        for _ in 0..<1500 {
            var bytes = Array(valid.utf8)
            for _ in 0...mutations.below(4) { mutations.mutate(&bytes) }
            var files = MemoryFiles()
            files.contents["/home/ana/auditferry.yaml"] = bytes
            do throws(Failure) {
                _ = try ForwarderConfiguration.load(environment: environment, files: files)
                loaded += 1
            } catch {
                #expect(error.code == .configuration)
                #expect(!error.problems.isEmpty)
                #expect(
                    error.problems.allSatisfy { $0.hasPrefix("auditferry.yaml:") || $0.contains(": missing") },
                    "\(error.problems)")
                #expect(!"\(error)".contains(Fixture.secret))
                #expect(
                    !error.problems.contains { $0.contains("\n") || $0.hasSuffix(".") || $0.utf8.count > 400 },
                    "\(error.problems)")
            }
        }
        #expect(loaded > 0 && loaded < 1500, "both ends are seen: \(loaded) of 1500 loaded")
    }

    @Test(arguments: [1, 2]) func `never trap when a flag is nonsense`(_ seed: UInt64) {
        var mutations = Mutations(state: seed)
        for text in ["tcp://collector.example:6514", "file:///var/log/a%20b", "syslog+tls://[::1]:6514"] {
            for _ in 0..<500 {
                var bytes = Array(text.utf8)
                for _ in 0...mutations.below(3) { mutations.mutate(&bytes) }
                let flags = ConfigurationFlags(
                    outputs: [String(decoding: bytes, as: UTF8.self)], since: String(decoding: bytes, as: UTF8.self))
                #expect(Fixture.failure(flags: flags)?.code == .usage)
            }
        }
    }
}

@Suite(.fewAtATime) struct `The client secret` {
    private func everyText(of value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return dumped + String(describing: value) + String(reflecting: value) + "\(value)"
    }

    @Test func `is in no description of a configuration`() throws {
        let configuration = try Fixture.load()
        #expect(configuration.genesys.credentials.secret.reveal() == Fixture.secret)
        #expect(!everyText(of: configuration).contains(Fixture.secret))
    }

    @Test func `is in no description of the layers it passes through`() {
        let environment = EnvironmentCredentials(environment: Fixture.environment, problems: ConfigurationProblems())
        let layer = environment.read(MemoryFiles())
        guard case .value = layer.secret else { return #expect(Bool(false), "the secret was not read") }
        #expect(!everyText(of: layer).contains(Fixture.secret))
    }

    @Test(arguments: [
        "genesys: {region: \"${S}\"}", "genesys: {client_secret_file: \"${S}\"}", "genesys: {services: [\"${S}\", \"${S}\"]}",
        "genesys: {api_url: \"${S}\"}", "genesys: {requests_per_minute: \"${S}\"}", "tail: {since: \"${S}\"}",
        "outputs: {a: {type: \"${S}\"}}", "outputs: {a: {type: tcp, address: \"${S}\"}}", "log: {level: \"x${S}\"}",
        "offsets: {path: \"~${S}\"}", "genesys: {client_secret: \"${S}\\n${S}\"}",
        "genesys:\n  client_secret:s3cr3t-Zx81", "genesys: {client_secret:s3cr3t-Zx81}",
        "genesys: {client_secret: [s3cr3t-Zx81]}",
        "genesys:\n  client_secret: s3cr3t-Zx81\n  client_secret: s3cr3t-Zx81", "genesys:\n  client_secret: s3cr3t-Zx81: x",
        "genesys:\n  client_secret: \"s3cr3t-Zx81", "genesys: {client_secret: s3cr3t-Zx81, client_secret_file: x}",
        "genesys: {client_secret: 's3cr3t-Zx81${'}", "genesys: {cleint_secret: s3cr3t-Zx81}",
    ])
    func `is in no problem of a file, wherever it was put`(_ yaml: String) {
        var environment = Fixture.environment
        environment["S"] = Fixture.secret
        environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = nil
        let problems = Fixture.problems(yaml, environment: environment)
        #expect(!problems.isEmpty)
        #expect(!problems.contains { $0.contains(Fixture.secret) }, "\(problems)")
    }

    @Test(arguments: [
        "GENESYSCLOUD_REGION", "GENESYSCLOUD_REGION_FILE", "GENESYSCLOUD_OAUTHCLIENT_ID_FILE",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE", "GENESYSCLOUD_API_URL", "GENESYSCLOUD_LOGIN_URL",
    ])
    func `is in no problem of the environment, whatever variable has it`(_ name: String) {
        var environment = Fixture.environment
        for credential in ["GENESYSCLOUD_REGION", "GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"]
        where name.hasPrefix(credential) { environment[credential] = nil }
        environment[name] = Fixture.secret
        let problems = Fixture.problems(environment: environment)
        #expect(problems.contains { $0.hasPrefix("\(name): ") }, "\(problems)")
        #expect(!problems.contains { $0.contains(Fixture.secret) }, "\(problems)")
    }

    @Test func `that holds a line end or nothing is refused without being shown`() {
        var environment = Fixture.environment
        environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = "\(Fixture.secret)\nsecond"
        let name = "GENESYSCLOUD_OAUTHCLIENT_SECRET"
        #expect(Fixture.problems(environment: environment) == ["\(name): the value holds more than one line of text"])
    }
}
