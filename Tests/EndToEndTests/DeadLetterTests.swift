import FaultScenes
import Foundation
import TestTraits
import Testing

/// What an output refused for good can be looked at, and delivered after all.
@Suite(.fewAtATime)
struct DeadLetterTests {
    private let replay = ["deadletters", "replay", "--output", "audits"]

    @Test(.timeLimit(.minutes(5)))
    func `dead letters outlive a replay that fails or is killed, and are delivered by one that does not`() async throws {
        try await Scene.with(try Scene.organization(events: 1500, faults: "no-id fraction=0.2")) { scene in
            let run = try configuration(scene, "audits.ndjson")
            let ended = try await Program.run(["run", "--once"] + run, environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            let letters = try await list(run)
            #expect(letters.count > 200)
            #expect(letters.allSatisfy { $0.reason == "the audit has no id" && $0.id == nil })

            let failed = try await Program.run(replay + (try configuration(scene, "absent/a")))
            expect(
                failed, 69, [["output 'audits' took no more letters", "absent/a"]],
                "0 letters were delivered, 0 refused again, \(letters.count) not delivered; replay again")
            #expect(try await list(run).count == letters.count)

            try await killedReplay(scene)
            #expect(try await list(run).count == letters.count)
            #expect(FileManager.default.fileExists(atPath: scene.path("audits.rejected.ndjson.replaying")))

            let replayed = try await Program.run(replay + (try configuration(scene, "again.ndjson")))
            #expect(replayed.status == 0, "\(replayed.errors)")
            #expect(replayed.errors.contains("output 'audits': \(letters.count) letters were delivered, 0 refused again"))
            let delivered = try String(contentsOfFile: scene.path("again.ndjson"), encoding: .utf8).split(separator: "\n")
            #expect(Set(delivered).count == letters.count)
            #expect(delivered.allSatisfy { $0.hasPrefix("{") && !$0.contains("\"reason\"") })
            #expect(try await list(run).count == 0)
        }
    }

    /// A pipe that nobody reads holds a part of the letters: some are acknowledged when the program dies.
    private func killedReplay(_ scene: Scene) async throws {
        mkfifo(scene.path("pipe"), 0o600)
        let pipe = open(scene.path("pipe"), O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(pipe) }
        let arguments = replay + (try configuration(scene, "pipe"))
        try await Program.with(arguments) { program in
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
                    poll(&waiting, 1, 30_000)
                    continuation.resume()
                }
            }
            program.send(SIGKILL)
            let status = try await program.status()
            #expect(status == -SIGKILL, "\(program.errors)")
        }
    }

    private func configuration(_ scene: Scene, _ file: String) throws -> [String] {
        let path = try scene.write(
            """
            tail: {since: 20m}
            outputs: {audits: {type: file, path: \(scene.path(file)), batch: {events: 10}}}
            """, to: "auditferry.yaml")
        return ["--config", path, "--offsets", scene.offsets]
    }

    private func list(_ options: [String]) async throws -> [Letter] {
        let ended = try await Program.run(["deadletters", "list", "--json"] + options)
        #expect(ended.status == 0, "\(ended.errors)")
        let files = try JSONDecoder().decode([Letters].self, from: Data(ended.output.utf8))
        #expect(files.allSatisfy { $0.output == "audits" && $0.count == $0.letters.count && $0.damaged.isEmpty })
        return files.flatMap(\.letters)
    }

    private struct Letters: Decodable {
        let output: String
        let count: Int
        let damaged: [Int]
        let letters: [Letter]
    }

    private struct Letter: Decodable {
        let reason: String
        let id: String?
    }
}
