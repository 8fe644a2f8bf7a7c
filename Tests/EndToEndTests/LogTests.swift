import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What the built program writes about itself.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct LogTests {
    /// Stand in the audits, and must stand nowhere else.
    private static let canaries = [
        "canary-user-7f31", "canary-name-81aa", "203.0.113.77", "canary-old-52c0", "canary-new-93e4", "canary-key-1b7d",
    ]

    /// Audits of the last minutes that hold every canary each.
    private func organization(_ faults: String) throws -> SimulatorConfiguration {
        let format = ISO8601DateFormatter()
        let lines = (0..<200).map { number in
            let id = UUID().uuidString.lowercased()
            let date = format.string(from: Date(timeIntervalSinceNow: -Double(30 + number)))
            return """
                {"id":"\(id)","eventDate":"\(date)","serviceName":"PeoplePermissions","action":"Update","entityType":"User",\
                "user":{"id":"canary-user-7f31","name":"canary-name-81aa"},"remoteIp":["203.0.113.77"],\
                "propertyChanges":[{"property":"p","oldValues":["canary-old-52c0"],"newValues":["canary-new-93e4"]}],\
                "context":{"canary-key-1b7d":"x"}}
                """
        }
        var organization = try Scene.organization(events: 0, faults: faults)
        organization.audits = Array(lines.joined(separator: "\n").utf8)
        return organization
    }

    @Test func `has nothing of an audit in it, and no secret, whatever goes wrong`() async throws {
        let faults =
            "truncate every=4,malformed every=5,html-502 every=6,error-500 every=7,reset every=11,"
            + "unauthorized every=13,failed-query every=2"
        try await Scene.with(try organization(faults)) { scene in
            let port = try OperatorPort()
            let configuration = try scene.write(
                """
                tail: {since: 20m, poll_interval: 1s, sweep: {every: 1m, back: 10m}}
                outputs:
                  archive: {type: file, path: \(scene.path("audits.ndjson"))}
                  down: {type: relp, address: '127.0.0.1:1', retry: {first: 50ms, most: 100ms}}
                  small: {type: syslog, transport: udp, address: '127.0.0.1:9', max_message_size: 480B}
                  full: {type: file, path: /dev/full, retry: {first: 50ms, most: 100ms}}
                log: {level: trace, format: json}
                \(port.section)
                """, to: "auditferry.yaml")
            let arguments = ["run", "--config", configuration, "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { program in
                let count = scene.visible.count
                try await port.get("/metrics") {
                    $0.text.contains("auditferry_events_delivered_total{output=\"archive\"} \(count)\n")
                        && $0.text.contains("auditferry_events_rejected_total{output=\"small\",reason=\"refused\"} \(count)\n")
                }
                for sentence in ["the API could not be read", "the output refused a delivery", "audits can never be delivered"] {
                    try await program.errorLines(containing: sentence)
                }
                let shown = try await port.get("/status").text + port.get("/metrics").text
                program.send(SIGUSR1)
                program.send(SIGTERM)
                #expect(try await program.status() == 0)
                for canary in LogTests.canaries + scene.visible {
                    #expect(!program.errors.contains(canary) && !shown.contains(canary), "\(canary)")
                }
                // They were there to be seen.
                let archive = try String(contentsOfFile: scene.path("audits.ndjson"), encoding: .utf8)
                for canary in LogTests.canaries { #expect(archive.contains(canary)) }
                for word in ["Bearer", "Basic ", "access_token"] { #expect(!program.errors.contains(word), "\(word)") }
            }
        }
    }

    @Test func `has priorities and no times of its own where the journal reads it`() async throws {
        try await Scene.with(try Scene.organization(events: 10)) { scene in
            let (arguments, log) = (["run", "--once", "--since", "20m", "--offsets", scene.offsets], scene.path("log"))
            for (name, isJournal) in [("%d:%i", true), ("%i:%d", false)] {
                let script = "exec 2>'\(log)'; JOURNAL_STREAM=$(stat -L -c \(name) /proc/self/fd/2) exec \"$0\" \"$@\""
                let ended = try await Program.run(arguments, environment: scene.environment, script: script)
                #expect(ended.status == 0 && ended.errors.isEmpty)
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(!lines.isEmpty)
                #expect(lines.allSatisfy { $0.hasPrefix("<6>") } == isJournal, "\(lines)")
                #expect(lines.contains { $0.hasPrefix("<6>output begins from=") } == isJournal)
            }
            let script = "exec 2>'\(log)'; JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec \"$0\" \"$@\""
            let refused = try await Program.run(["run", "--since", "yesterday"], environment: scene.environment, script: script)
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(refused.status == 64)
            #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("<3>auditferry: ") }, "\(lines)")
        }
    }

    @Test func `holds back what it has said often, and tells how often`() async throws {
        try await Scene.with(try Scene.organization(events: 10)) { scene in
            let configuration = try scene.write(
                """
                tail: {since: 20m, poll_interval: 1s}
                outputs: {siem: {type: tcp, address: '127.0.0.1:1', retry: {first: 10ms, most: 20ms}}}
                """, to: "auditferry.yaml")
            let arguments = ["run", "--config", configuration, "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(11, containing: "the output refused a delivery")
                let lines = program.errors.split(separator: "\n").filter { $0.contains("the output refused a delivery") }
                #expect(lines[..<10].allSatisfy { !$0.contains("repeated=") })
                // The eleventh is the one of the interval.
                let repeated = lines[10].split(separator: " ").first { $0.hasPrefix("repeated=") }
                #expect((repeated.flatMap { Int($0.dropFirst(9)) } ?? 0) > 100, "\(lines[10])")
                program.send(SIGTERM)
                #expect(try await program.status() == 0)
            }
        }
    }
}
