import AuditCore
import FaultScenes
import Foundation
import Testing

/// A collector that takes connections and reads nothing costs no memory and no audit.
struct StalledReceiverTests {
    /// How much the program may grow while it can deliver nothing: far less than what is waiting for it.
    private static let growth = 16 << 10

    @Test(.timeLimit(.minutes(1)))
    func `while the collector reads nothing the memory stays flat, and when it goes on everything arrives once`() async throws {
        var organization = try Scene.organization(events: 50_000)
        organization.eventsPerSecond = 20
        try await Scene.with(organization) { scene in
            let port = try ReservedPort()
            try port.listenAndReadNothing()
            let configuration = try scene.write(
                """
                tail: {sweep: off, reconcile: off, since: 20m, poll_interval: 1s}
                outputs: {collector: {type: tcp, address: "127.0.0.1:\(port.number)"}}
                """, to: "auditferry.yaml")
            let arguments = ["run", "--config", configuration, "--offsets", scene.offsets]
            try await Program.with(arguments, environment: scene.environment) { program in
                // Reading pauses at 12 MiB; there are some 45 MiB.
                try await program.stands(at: 10_000, unit: "unacknowledged")
                let before = try memory(of: program)
                for round in 1...3 {
                    // Every poll finds something new, as long as there is room for it.
                    scene.clock.advance(by: .seconds(60))
                    try await program.stands(at: 10_000 + round * 1000, unit: "unacknowledged")
                }
                let after = try memory(of: program)
                print("stalled: \(before) KiB resident, then \(after) KiB, peak \(try memory(of: program, "VmHWM")) KiB")
                #expect(after - before < StalledReceiverTests.growth)
                let receiver = try await LineReceiver(takingOver: port)
                let shown = scene.visibleByRealtime
                #expect(shown.count > 50_000)
                await receiver.received(shown)
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
                #expect(receiver.events.count == receiver.ids.count)
                try await receiver.close()
            }
        }
    }

    /// A line of what the kernel says of the process, in KiB.
    private func memory(of program: Program, _ name: String = "VmRSS") throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(program.identifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return try #require(line.split { !$0.isNumber }.first.flatMap { Int($0) })
    }
}
