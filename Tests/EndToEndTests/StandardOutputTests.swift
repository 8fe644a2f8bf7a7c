import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// Where the audits go that go to stdout.
@Suite(.fewAtATime)
struct StandardOutputTests {
    @Test(.timeLimit(.minutes(5)))
    func `a reader that closes stdout ends the run, which says so`() async throws {
        try await Scene.with(try Scene.organization(events: 2000)) { scene in
            let ended = try await Program.run(
                ["run", "--since", "20m", "--offsets", scene.offsets], environment: scene.environment,
                script: #"{ "$0" "$@"; echo "status $?" >&2; } | head -n 1"#)
            #expect(ended.output.split(separator: "\n").count == 1)
            #expect(ended.errors.hasSuffix("status 1\n"), "\(ended.errors)")
            #expect(ended.errors.contains("auditferry: error: output 'stdout' has ended: stdout was closed by its reader\n"))
            #expect(ended.errors.contains("auditferry: hint: "))
            let rest = try await Program.run(
                ["run", "--once", "--offsets", scene.offsets], environment: scene.environment)
            #expect(rest.status == 0, "\(rest.errors)")
            let first = try ids(inLines: ended.output)
            #expect(Set(try ids(inLines: rest.output) + first) == scene.visible)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a dry run shows what would be read, and writes nothing`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let ended = try await Program.run(
                [
                    "run", "--dry-run", "--since", "20m", "--offsets", scene.offsets,
                    "--output", "file://" + scene.path("audits.ndjson"),
                ],
                environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.contains("api \(scene.url)"))
            #expect(ended.output.contains(scene.path("audits.ndjson")))
            #expect(ended.output.contains("begins at"))
            #expect(!ended.output.contains("{"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: scene.directory) == [])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the most talkative log has no secret and no audit in it`() async throws {
        try await Scene.with(try Scene.organization(events: 300, faults: "unauthorized every=3,html-502 every=5")) { scene in
            let ended = try await Program.run(
                ["run", "--once", "--since", "20m", "--offsets", scene.offsets, "--log-level", "trace", "--log-format", "json"],
                environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(!ended.errors.isEmpty)
            for id in try ids(inLines: ended.output) { #expect(!ended.errors.contains(id)) }
            for word in ["Bearer", "Basic", "eventDate"] { #expect(!ended.errors.contains(word)) }
            for line in ended.errors.split(separator: "\n") {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }
    }
}
