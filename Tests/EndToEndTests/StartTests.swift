import AuditCore
import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What a command says, and how it ends, when it is given something that cannot work.
@Suite(.fewAtATime)
struct StartTests {
    /// A start that is refused.
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int32
        /// What stands in the lines of the errors, a list of words for each line.
        let errors: [[String]]
        /// What stands in the line of the hint.
        let hint: String
        var faults = ""
        var variables: [String: String] = [:]
        var configuration: String?
        var flags = ["--output", "stdout"]
        var offsets = "offsets.db"
        /// Files of the directory.
        var files: [String: String] = [:]
    }

    static let refused: [Refused] = [
        Refused(
            testDescription: "a wrong secret", status: 77, errors: [["client 'simulator'", "was refused", "invalid_client"]],
            hint: "check the client id, the secret and the region",
            variables: ["GENESYSCLOUD_OAUTHCLIENT_SECRET": "somebody-elses-9b21"]),
        Refused(
            testDescription: "a client without the permission", status: 77,
            errors: [["client 'simulator-without-permission'", "may not read audits"]], hint: "'audits:audit:view'",
            variables: ["GENESYSCLOUD_OAUTHCLIENT_ID": "simulator-without-permission"]),
        Refused(
            testDescription: "an organization that forbids it", status: 77,
            errors: [["client 'simulator'", "may not read audits"]], hint: "'audits:audit:view'", faults: "forbidden"),
        Refused(
            testDescription: "an unknown region as a flag", status: 64,
            errors: [["--region: 'eu-wst-1' is not a region", "did you mean 'eu-west-1'?"]], hint: "'auditferry run --help'",
            flags: ["--region", "eu-wst-1"]),
        Refused(
            testDescription: "an unknown region in the environment", status: 78,
            errors: [["GENESYSCLOUD_REGION", "is not a region", "did you mean 'mypurecloud.ie'?"]],
            hint: "auditferry.example.yaml", variables: ["GENESYSCLOUD_REGION": "mypurecloud.iee"]),
        Refused(
            testDescription: "an unknown region in the configuration", status: 78,
            errors: [["auditferry.yaml:1", "genesys.region", "'eu-wst-1' is not a region", "did you mean 'eu-west-1'?"]],
            hint: "auditferry.example.yaml", configuration: "genesys: {region: eu-wst-1}"),
        Refused(
            testDescription: "a configuration with three mistakes", status: 78,
            errors: [
                ["auditferry.yaml:2", "tail.pol_interval", "'poll_interval'"],
                ["auditferry.yaml:5", "outputs.siem.type", "'tcpp'", "'tcp'"],
                ["auditferry.yaml:7", "log.level", "'inof'", "'info'"],
            ],
            hint: "auditferry.example.yaml",
            configuration: """
                tail:
                  pol_interval: 15s
                outputs:
                  siem:
                    type: tcpp
                    address: collector.example:6514
                log: {level: inof}

                """),
        Refused(
            testDescription: "a configuration that is not there", status: 78, errors: [["absent.yaml"]], hint: "--config",
            flags: ["--config", "absent.yaml"]),
        Refused(
            testDescription: "a flag that does not exist", status: 64, errors: [["--onec"]], hint: "'auditferry run --help'",
            flags: ["--onec"]),
        Refused(
            testDescription: "an output that cannot be", status: 64, errors: [["--output", "'gopher' is not an output", "tcp"]],
            hint: "'auditferry run --help'", flags: ["--output", "gopher://example:70"]),
        Refused(
            testDescription: "offsets below a file", status: 74, errors: [["offset file", "file/offsets.db' cannot be opened"]],
            hint: "make its directory writable", offsets: "file/offsets.db", files: ["file": "not a directory"]),
        Refused(
            testDescription: "offsets where nobody can write", status: 74,
            errors: [["offset file '/proc/auditferry/offsets.db' cannot be opened"]], hint: "make its directory writable",
            offsets: "/proc/auditferry/offsets.db"),
        Refused(
            testDescription: "offsets that are no database", status: 74, errors: [["offset file", "offsets.db' is damaged"]],
            hint: "move it aside", files: ["offsets.db": String(repeating: "this is no database\n", count: 500)]),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: refused)
    func `what cannot work is refused with its reason and the next step`(_ refused: Refused) async throws {
        try await Scene.with(try Scene.organization(events: 10, faults: refused.faults)) { scene in
            for (name, text) in refused.files { _ = try scene.write(text, to: name) }
            if let configuration = refused.configuration { _ = try scene.write(configuration, to: "auditferry.yaml") }
            for extent in [[], ["--once"]] {
                let ended = try await Program.run(
                    ["run", "--offsets", refused.offsets] + refused.flags + extent,
                    environment: scene.environment.merging(refused.variables) { $1 }, directory: scene.directory)
                expect(ended, refused.status, refused.errors, refused.hint)
                #expect(ended.output == "")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an offset file that was scribbled on is refused, and stays what it is`() async throws {
        try await Scene.with(try Scene.organization(events: 200)) { scene in
            let arguments = ["run", "--once", "--since", "20m", "--offsets", scene.offsets]
            let first = try await Program.run(arguments, environment: scene.environment)
            #expect(first.status == 0, "\(first.errors)")
            let file = URL(fileURLWithPath: scene.offsets)
            var bytes = try Data(contentsOf: file)
            // Every page but the first.
            bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xa5, count: bytes.count - 4096))
            try bytes.write(to: file)
            let ended = try await Program.run(arguments, environment: scene.environment)
            expect(ended, 74, [["offset file '\(scene.offsets)' is damaged"]], "move it aside")
            #expect(try Data(contentsOf: file) == bytes)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a second instance is refused, and names the first`() async throws {
        try await Scene.with(try Scene.organization(events: 10)) { scene in
            let arguments = ["run", "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { first in
                try await first.errorLines(containing: "output begins")
                let second = try await Program.run(arguments, environment: scene.environment)
                expect(
                    second, 75,
                    [["offset file '\(scene.offsets)' is held by another instance", "process \(first.identifier)"]], "--offsets")
                first.send(SIGTERM)
                let status = try await first.status()
                #expect(status == 0, "\(first.errors)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an API that cannot be reached ends a run that does not wait`() async throws {
        let port = try ReservedPort()
        try await Scene.withDirectory { directory in
            let url = "http://127.0.0.1:\(port.number)"
            let ended = try await Program.run(
                ["run", "--once", "--offsets", directory + "/offsets.db"], environment: Scene.environment(url))
            expect(ended, 69, [["API '\(url)' could not be used"]], "check the network")
        }
    }
}

/// The errors come one a line, and the hint after them.
func expect(_ ended: Program.Ending, _ status: Int32, _ errors: [[String]], _ hint: String) {
    #expect(ended.status == status, "\(ended.errors)")
    let lines = ended.errors.split(separator: "\n").filter { $0.hasPrefix("auditferry: ") }
    #expect(lines.count == errors.count + 1, "\(ended.errors)")
    for (line, words) in zip(lines, errors) {
        #expect(line.hasPrefix("auditferry: error: "))
        for word in words { #expect(line.contains(word)) }
    }
    #expect(lines.last?.hasPrefix("auditferry: hint: ") ?? false)
    #expect(lines.last?.contains(hint) ?? false, "\(ended.errors)")
}
