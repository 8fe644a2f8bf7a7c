import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What the built program tells the service manager that started it.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct SystemdTests {
    @Test func `is ready after the first poll and not before, says what it does, and that it stops`() async throws {
        let port = try ReservedPort()
        try await Scene.withDirectory { directory in
            let manager = try PlayedManager(at: directory + "/notify")
            let environment = Scene.environment("http://127.0.0.1:\(port.number)").merging(manager.variables) { $1 }
            let arguments = [
                "run", "--since", "20m", "--offsets", directory + "/offsets.db", "--output", "file://\(directory)/audits.ndjson",
            ]
            try await Program.with(arguments, environment: environment) { program in
                try await program.errorLines(2, containing: "the API does not answer yet")
                var early: [String] = []
                while let message = manager.take() { early.append(message) }
                #expect(early == ["STATUS=not ready; api: it has not answered yet"])
                var organization = try Scene.organization(events: 500)
                organization.port = port.number
                try await Scene.with(organization) { scene in
                    let start = try await manager.messages { $0 == "READY=1" }
                    #expect(start.dropLast().allSatisfy { $0.hasPrefix("STATUS=") })
                    let count = scene.visible.count
                    let running = try await manager.messages { $0.contains(" has delivered \(count), waits for 0") }
                    #expect(running.last?.hasPrefix("STATUS=delivering; file-") == true, "\(running)")
                    #expect(running.contains("WATCHDOG=1"))
                    program.send(SIGTERM)
                    let end = try await manager.messages { $0 == "STOPPING=1" }
                    #expect(!(running + end).contains("READY=1"))
                    #expect(try await program.status() == 0)
                    while let message = manager.take() { #expect(message != "STOPPING=1" && message != "READY=1") }
                }
            }
        }
    }

    @Test func `gives signs of life at an abstract name, and says when it opens files anew`() async throws {
        try await withProgram("@auditferry-\(UUID().uuidString)") { scene, manager, program in
            try await manager.messages { $0 == "READY=1" }
            for _ in 0..<3 { try await manager.messages { $0 == "WATCHDOG=1" } }
            let before = SystemdTests.monotonic()
            program.send(SIGHUP)
            let said = try await manager.messages { $0 == "READY=1" }.filter { $0 != "WATCHDOG=1" && !$0.hasPrefix("STATUS=") }
            let (first, prefix) = (said.first ?? "", "RELOADING=1\nMONOTONIC_USEC=")
            #expect(said.count == 2 && first.hasPrefix(prefix), "\(said)")
            let time = Int64(first.dropFirst(prefix.count)) ?? 0
            #expect(time >= before && time <= SystemdTests.monotonic())
        }
    }

    @Test func `gives no sign of life while its output takes nothing and answers nothing, and gives them again`() async throws {
        try await Scene.with(try Scene.organization(events: 2000)) { scene in
            let manager = try PlayedManager(at: scene.path("notify"))
            // More than a pipe holds that nobody reads.
            let pipe = scene.path("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let environment = scene.environment.merging(manager.variables) { $1 }
            let arguments = ["run", "--since", "20m", "--offsets", scene.offsets, "--output", "stdout"]
            let script = "exec 3<>'\(pipe)'; exec \"$0\" \"$@\" >&3"
            try await Program.with(arguments, environment: environment, script: script) { _ in
                try await standsStill(manager)
                // It ends with the last writer.
                let reader = try Program([], script: "exec cat '\(pipe)'")
                try await manager.messages { $0 == "WATCHDOG=1" }
                try await manager.messages { $0.hasPrefix("STATUS=delivering") }
                reader.send(SIGKILL)
                try await reader.status()
            }
        }
    }

    private func standsStill(_ manager: PlayedManager) async throws {
        try await manager.messages { $0 == "READY=1" }
        try await manager.messages { $0 == "WATCHDOG=1" }
        try await manager.messages { $0.hasPrefix("STATUS=standing still; output stdout: it does not answer") }
        let said = try await manager.expired()
        #expect(said.allSatisfy { $0.hasPrefix("STATUS=") }, "\(said)")
    }

    @Test func `says why it ends where the credentials are refused`() async throws {
        try await withProgram("@auditferry-\(UUID().uuidString)", secret: "somebody-elses-9b21") { _, manager, program in
            let status = try await program.status()
            #expect(status == 77)
            var said: [String] = []
            while let message = manager.take() { said.append(message) }
            #expect(said.contains("STOPPING=1") && !said.contains("READY=1"))
            #expect(said.last?.hasPrefix("STATUS=") == true && said.last?.contains("refused") == true, "\(said)")
        }
    }

    @Test func `runs on where the manager cannot be told, and says so once`() async throws {
        try await Scene.with(try Scene.organization(events: 10)) { scene in
            let environment = scene.environment.merging(["NOTIFY_SOCKET": scene.path("nobody")]) { $1 }
            let arguments = ["run", "--once", "--since", "20m", "--offsets", scene.offsets]
            let ended = try await Program.run(arguments, environment: environment)
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.errors.split(separator: "\n").count { $0.contains("the service manager cannot be told") } == 1)
        }
    }

    private func withProgram(
        _ address: String, secret: String? = nil,
        _ body: @escaping @Sendable (Scene, PlayedManager, Program) async throws -> Void
    ) async throws {
        try await Scene.with(try Scene.organization(events: 500)) { scene in
            let manager = try PlayedManager(at: address)
            var environment = scene.environment.merging(manager.variables) { $1 }
            if let secret { environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = secret }
            let arguments = [
                "run", "--since", "20m", "--offsets", scene.offsets, "--output", "file://\(scene.path("audits.ndjson"))",
            ]
            try await Program.with(arguments, environment: environment) { program in
                do {
                    try await body(scene, manager, program)
                } catch {
                    Issue.record("\(error)\n\(program.errors)")
                }
            }
        }
    }

    /// In microseconds.
    private static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
