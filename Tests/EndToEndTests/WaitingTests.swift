import AuditCore
import Foundation
import Simulator
import Testing

/// What is not there yet is waited for, audibly; and a waiting program still does what it is told.
struct WaitingTests {
    @Test(.timeLimit(.minutes(1)))
    func `a collector that is down is tried again, with a line each time, and gets everything when it comes up`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let port = try await LineReceiver.unusedPort()
            try await Program.with(try toCollector(scene, port) + ["--once"], environment: scene.environment) { program in
                try await program.errorLines(3, containing: "the output refused a delivery")
                for line in program.errors.split(separator: "\n") where line.contains("refused a delivery") {
                    #expect(line.contains(" warning "))
                    #expect(line.contains("retry_in="))
                    #expect(line.contains("127.0.0.1:\(port)"))
                }
                let receiver = try await LineReceiver(port: port)
                let status = await program.status()
                #expect(status == 0, "\(program.errors)")
                #expect(receiver.ids == scene.visible)
                #expect(receiver.events.count == receiver.ids.count)
                #expect(program.errors.contains("the output takes deliveries again"))
                try await receiver.close()
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an API that is down at the start is waited for`() async throws {
        let port = try await LineReceiver.unusedPort()
        let receiver = try await LineReceiver()
        try await Scene.withDirectory { directory in
            let arguments = ["run", "--since", "20m", "--offsets", directory + "/offsets.db", "--output", receiver.url]
            try await Program.with(arguments, environment: Scene.environment("http://127.0.0.1:\(port)")) { program in
                try await program.errorLines(containing: "the API does not answer yet")
                var organization = try Scene.organization(events: 500)
                organization.port = port
                try await Scene.with(organization) { scene in
                    await receiver.received(scene.visible)
                    #expect(program.errors.contains("the API answers"))
                    program.send(SIGTERM)
                    let status = await program.status()
                    #expect(status == 0, "\(program.errors)")
                }
            }
        }
        try await receiver.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a run that waits for an API that is down stops when it is told to`() async throws {
        let port = try await LineReceiver.unusedPort()
        try await Scene.withDirectory { directory in
            let arguments = ["run", "--offsets", directory + "/offsets.db"]
            try await Program.with(arguments, environment: Scene.environment("http://127.0.0.1:\(port)")) { program in
                try await program.errorLines(containing: "the API does not answer yet")
                let start = ContinuousClock.now
                program.send(SIGTERM)
                let status = await program.status()
                #expect(status == 0, "\(program.errors)")
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a run that was told to wait an hour stops when it is told to`() async throws {
        let organization = try Scene.organization(events: 500, faults: "rate-limit-long every=3 wait=1h")
        try await Scene.with(organization) { scene in
            let arguments = ["run", "--since", "20m", "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(containing: "retry_in=3600")
                let start = ContinuousClock.now
                program.send(SIGTERM)
                let status = await program.status()
                #expect(status == 0, "\(program.errors)")
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a collector that stays down delays the end by the timeout and no longer, and nothing is lost`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let port = try await LineReceiver.unusedPort()
            let arguments = try toCollector(scene, port, shutdownTimeout: "1s")
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(containing: "the output refused a delivery")
                program.send(SIGTERM)
                let status = await program.status()
                #expect(status == 0, "\(program.errors)")
                #expect(program.errors.contains("it will be read again"))
            }
            let receiver = try await LineReceiver(port: port)
            let ended = try await Program.run(arguments + ["--once"], environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(receiver.ids == scene.visible)
            try await receiver.close()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a second signal ends a run at once that still tries to deliver`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let port = try await LineReceiver.unusedPort()
            let arguments = try toCollector(scene, port, shutdownTimeout: "10m")
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(containing: "the output refused a delivery")
                program.send(SIGTERM)
                try await program.errorLines(containing: "stopping")
                program.send(SIGTERM)
                let status = await program.status()
                #expect(status == 1, "\(program.errors)")
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a rotated file is opened anew`() async throws {
        var organization = try Scene.organization(events: 500)
        organization.eventsPerSecond = 1
        try await Scene.with(organization) { scene in
            let configuration = try scene.write(
                """
                tail: {since: 20m, poll_interval: 1s}
                outputs: {audits: {type: file, path: \(scene.path("audits.ndjson"))}}
                """, to: "auditferry.yaml")
            let arguments = ["run", "--config", configuration, "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(containing: "reading")
                try await delivers(scene.visible.count, program)
                try FileManager.default.moveItem(atPath: scene.path("audits.ndjson"), toPath: scene.path("audits.1"))
                program.send(SIGHUP)
                try await program.errorLines(containing: "files are opened anew")
                scene.clock.advance(by: .seconds(60))
                try await delivers(scene.visible.count, program)
                program.send(SIGTERM)
                let status = await program.status()
                #expect(status == 0, "\(program.errors)")
            }
            let rotated = try scene.ids(in: "audits.1")
            let current = try scene.ids(in: "audits.ndjson")
            #expect(rotated.count >= 300)
            #expect(current.count >= 30)
            #expect(Set(rotated + current).count == rotated.count + current.count)
            #expect(Set(rotated + current).isSubset(of: scene.visible))
        }
    }

    /// Asks for the status until so many audits were delivered.
    private func delivers(_ count: Int, _ program: Program) async throws {
        func statuses() -> [Int] {
            program.errors.split(separator: "\n").filter { $0.contains("output stands") }.compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("delivered=") }.flatMap { Int($0.dropFirst(10)) }
            }
        }
        while case let known = statuses(), known.last ?? 0 < count {
            program.send(SIGUSR1)
            try await program.errorLines(known.count + 1, containing: "output stands")
        }
    }

    private func toCollector(_ scene: Scene, _ port: Int, shutdownTimeout: String = "20s") throws -> [String] {
        let configuration = try scene.write(
            """
            tail: {since: 20m}
            outputs:
              collector: {type: tcp, address: "127.0.0.1:\(port)", retry: {first: 50ms, most: 200ms}}
            shutdown_timeout: \(shutdownTimeout)
            """, to: "auditferry.yaml")
        return ["run", "--config", configuration, "--offsets", scene.offsets]
    }
}

/// Where the audits go that go to stdout.
struct StandardOutputTests {
    @Test(.timeLimit(.minutes(1)))
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

    @Test(.timeLimit(.minutes(1)))
    func `a dry run shows what would be read, and writes nothing`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let ended = try await Program.run(
                ["run", "--dry-run", "--since", "20m", "--offsets", scene.offsets, "--output", "file://" + scene.path("audits.ndjson")],
                environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.contains("api \(scene.url)"))
            #expect(ended.output.contains(scene.path("audits.ndjson")))
            #expect(ended.output.contains("begins at"))
            #expect(try ids(inLines: ended.output.split(separator: "\n").filter { $0.hasPrefix("{") }.joined(separator: "\n")) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: scene.directory) == [])
        }
    }

    @Test(.timeLimit(.minutes(1)))
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
