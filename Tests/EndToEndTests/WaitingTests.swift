import AuditCore
import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What is not there yet is waited for, audibly; and a waiting program still does what it is told.
@Suite(.fewAtATime)
struct WaitingTests {
    @Test(.timeLimit(.minutes(5)))
    func `a collector that is down is tried again, with a line each time, and gets everything when it comes up`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let port = try ReservedPort()
            try await Program.with(try toCollector(scene, port) + ["--once"], environment: scene.environment) { program in
                try await program.errorLines(3, containing: "the output refused a delivery")
                for line in program.errors.split(separator: "\n") where line.contains("refused a delivery") {
                    #expect(line.contains(" warning "))
                    #expect(line.contains("retry_in="))
                    #expect(line.contains("127.0.0.1:\(port.number)"))
                }
                let receiver = try await LineReceiver(port: port.number)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
                // The kernel has acknowledged it; the receiver may still be reading.
                await receiver.received(scene.visible)
                #expect(receiver.ids == scene.visible)
                #expect(receiver.events.count == receiver.ids.count)
                #expect(program.errors.contains("the output takes deliveries again"))
                try await receiver.close()
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an API that is down at the start is waited for`() async throws {
        let port = try ReservedPort()
        let receiver = try await LineReceiver()
        try await Scene.withDirectory { directory in
            let arguments = ["run", "--since", "20m", "--offsets", directory + "/offsets.db", "--output", receiver.url]
            try await Program.with(arguments, environment: Scene.environment("http://127.0.0.1:\(port.number)")) { program in
                try await program.errorLines(containing: "the API does not answer yet")
                var organization = try Scene.organization(events: 500)
                organization.port = port.number
                try await Scene.with(organization) { scene in
                    await receiver.received(scene.visible)
                    #expect(program.errors.contains("the API answers"))
                    program.send(SIGTERM)
                    let status = try await program.status()
                    #expect(status == 0, "\(program.errors)")
                }
            }
        }
        try await receiver.close()
    }

    /// The time limit tells, here and below: what it waits for would come later, if at all.
    @Test(.timeLimit(.minutes(5)))
    func `a run that waits for an API that is down stops when it is told to`() async throws {
        let port = try ReservedPort()
        try await Scene.withDirectory { directory in
            let arguments = ["run", "--offsets", directory + "/offsets.db"]
            try await Program.with(arguments, environment: Scene.environment("http://127.0.0.1:\(port.number)")) { program in
                try await program.errorLines(containing: "the API does not answer yet")
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a run that was told to wait an hour stops when it is told to`() async throws {
        let organization = try Scene.organization(events: 500, faults: "rate-limit-long every=3 wait=1h")
        try await Scene.with(organization) { scene in
            let arguments = ["run", "--since", "20m", "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(containing: "retry_in=3600")
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a collector that stays down delays the end by the timeout and no longer, and nothing is lost`() async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let port = try ReservedPort()
            let arguments = try toCollector(scene, port, shutdownTimeout: "1s")
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.errorLines(containing: "the output refused a delivery")
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
                #expect(program.errors.contains("will be read again"))
            }
            let receiver = try await LineReceiver(port: port.number)
            let ended = try await Program.run(arguments + ["--once"], environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            await receiver.received(scene.visible)
            #expect(receiver.ids == scene.visible)
            try await receiver.close()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a second signal ends a run at once that still tries to deliver`() async throws {
        try await Scene.with(try Scene.organization(events: 2000)) { scene in
            // Much more than the kernel keeps for a reader that does not read.
            let port = try ReservedPort()
            try port.listenAndReadNothing()
            let arguments = try toCollector(scene, port, shutdownTimeout: "10m")
            try await Program.with(arguments, environment: scene.environment) { program in
                try await program.stands(at: 500, unit: "unacknowledged")
                program.send(SIGTERM)
                try await program.errorLines(containing: "stopping")
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 1, "\(program.errors)")
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
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
                try await program.stands(at: scene.visible.count, unit: "delivered")
                try FileManager.default.moveItem(atPath: scene.path("audits.ndjson"), toPath: scene.path("audits.1"))
                program.send(SIGHUP)
                try await program.errorLines(containing: "files are opened anew")
                scene.clock.advance(by: .seconds(60))
                try await program.stands(at: scene.visible.count, unit: "delivered")
                program.send(SIGTERM)
                let status = try await program.status()
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

    private func toCollector(_ scene: Scene, _ port: ReservedPort, shutdownTimeout: String = "20s") throws -> [String] {
        let configuration = try scene.write(
            """
            tail: {since: 20m}
            outputs:
              collector: {type: tcp, address: "127.0.0.1:\(port.number)", retry: {first: 50ms, most: 200ms}}
            shutdown_timeout: \(shutdownTimeout)
            """, to: "auditferry.yaml")
        return ["run", "--config", configuration, "--offsets", scene.offsets]
    }
}
