import AuditCore
import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// A past interval, by the built program.
@Suite(.fewAtATime)
struct BackfillTests {
    private static let days = Duration.seconds(3 * 86_400)

    private static func organization() throws -> SimulatorConfiguration {
        var organization = try Scene.organization(events: 20_000)
        organization.history = days
        organization.asynchronousDelay = .zero
        return organization
    }

    private func arguments(_ scene: Scene) throws -> [String] {
        let configuration = try scene.write(
            """
            offsets: {path: \(scene.offsets)}
            outputs: {archive: {type: file, path: \(scene.path("audits.ndjson"))}}
            """, to: "auditferry.yaml")
        let (from, to) = (scene.clock.now - BackfillTests.days - .seconds(60), scene.clock.now - .seconds(5))
        return ["backfill", "--config", configuration, "--from", from.text, "--to", to.text]
    }

    @Test(.timeLimit(.minutes(5)))
    func `a backfill that is killed again and again goes on where it was, and loses nothing`() async throws {
        try await Scene.with(BackfillTests.organization()) { scene in
            let arguments = try arguments(scene) + ["--output", "archive"]
            @Sendable func size() -> Int {
                let attributes = try? FileManager.default.attributesOfItem(atPath: scene.path("audits.ndjson"))
                return attributes?[.size] as? Int ?? 0
            }
            for kill in 1...4 {
                try await Program.with(arguments, environment: scene.environment) { program in
                    // Some way further than the last one.
                    while size() < kill << 21, !Task.isCancelled {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    program.send(SIGKILL)
                    #expect(try await program.status() == -SIGKILL)
                }
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: scene.directory).contains {
                    $0.hasPrefix("backfill-archive-")
                })
            let ended = try await Program.run(arguments, environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            let ids = try scene.ids(in: "audits.ndjson")
            #expect(Set(ids) == scene.visible, "\(scene.visible.subtracting(ids).count) of \(scene.visible.count) are missing")
            #expect(ids.count < scene.visible.count + 4 * 10_000, "it began anew each time: \(ids.count) lines")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: scene.directory).allSatisfy { !$0.hasPrefix("backfill-") })
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what is printed is what there is, and a verification finds nothing lacking of what a run delivered`() async throws {
        try await Scene.with(BackfillTests.organization()) { scene in
            let arguments = try arguments(scene)
            let printed = try await Program.run(arguments, environment: scene.environment)
            #expect(printed.status == 0, "\(printed.errors)")
            let ids = try ids(inLines: printed.output)
            #expect(Set(ids) == scene.visible && ids.count == scene.visible.count)
            let run = ["run", "--config", scene.path("auditferry.yaml"), "--once", "--since"]
            #expect(try await Program.run(run + ["1h"], environment: scene.environment).status == 0)
            let now = scene.clock.now
            func verify(back: Duration) async throws -> Program.Ending {
                let interval = ["--from", (now - back).text, "--to", (now - .seconds(60)).text]
                let command = ["offsets", "verify", "--config", scene.path("auditferry.yaml")] + interval
                return try await Program.run(command, environment: scene.environment)
            }
            let sound = try await verify(back: .seconds(3000))
            #expect(sound.status == 0 && sound.output.hasSuffix("none is lacking\n"), "\(sound.output)\(sound.errors)")
            let early = try await verify(back: .seconds(7200))
            #expect(early.status == 0 && early.output.contains(" more are from before it began"), "\(early.output)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an output that is added later begins at its own time, and costs the others nothing`() async throws {
        var organization = try Scene.organization(events: 2000)
        organization.history = .seconds(7200)
        organization.asynchronousDelay = .zero
        try await Scene.with(organization) { scene in
            func run(_ since: String, _ outputs: String...) async throws {
                let definitions = outputs.map { "\($0): {type: file, path: \(scene.path($0))}" }
                let configuration = try scene.write(
                    """
                    tail: {since: \(since)}
                    offsets: {path: \(scene.offsets)}
                    outputs: {\(definitions.joined(separator: ", "))}
                    """, to: "auditferry.yaml")
                let ended = try await Program.run(["run", "--config", configuration, "--once"], environment: scene.environment)
                #expect(ended.status == 0, "\(ended.errors)")
            }
            try await run("3h", "old")
            #expect(try Set(scene.ids(in: "old")) == scene.visible)
            let begin = scene.clock.now - .seconds(1800)
            try await run(begin.text, "old", "new")
            let late = Set(scene.simulator.truth().filter { $0.eventDate >= begin }.map(\.id.description))
            let new = try scene.ids(in: "new")
            #expect(late.isSubset(of: new) && new.count == Set(new).count && new.count < scene.visible.count / 2)
            #expect(try scene.ids(in: "old").count == scene.visible.count, "the first output got something twice")
        }
    }
}
