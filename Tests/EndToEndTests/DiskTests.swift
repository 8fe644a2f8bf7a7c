import AuditCore
import FaultScenes
import Foundation
import OffsetStore
import Simulator
import Testing

/// An offset file that cannot be written delays nothing but its own commits, and loses nothing.
@Suite(.enabled("mounting is not allowed here") { try await Disk.canMount() })
struct DiskTests {
    @Test(.timeLimit(.minutes(1)))
    func `a full disk is reported and tried again, deliveries go on meanwhile, and nothing comes twice`() async throws {
        try await Scene.with(try organization()) { scene in
            try await Disk.inMemory(at: scene.path("disk")) { disk in
                let receiver = try await LineReceiver()
                let arguments = try following(scene, receiver, disk, shutdownTimeout: "20s")
                try await Program.with(arguments, environment: scene.environment) { program in
                    await receiver.received(scene.visibleByRealtime)
                    try disk.fill()
                    scene.clock.advance(by: .seconds(60))
                    await receiver.received(scene.visibleByRealtime)
                    try await program.errorLines(2, containing: "the offset file could not be used")
                    #expect(failures(program).allSatisfy { $0.contains(" error ") && $0.contains("disk is full") })
                    try disk.makeRoom()
                    try await program.errorLines(containing: "the offset file can be used again")
                    scene.clock.advance(by: .seconds(60))
                    await receiver.received(scene.visibleByRealtime)
                    program.send(SIGTERM)
                    let status = try await program.status()
                    #expect(status == 0, "\(program.errors)")
                }
                let ended = try await Program.run(arguments + ["--once"], environment: scene.environment)
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(receiver.ids.isSubset(of: scene.visibleByRealtime))
                #expect(receiver.events.count == receiver.ids.count, "\(ended.errors)")
                try await receiver.close()
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `killed on a full disk, it delivers again what was not committed and nothing else`() async throws {
        try await Scene.with(try organization()) { scene in
            try await Disk.inMemory(at: scene.path("disk")) { disk in
                let receiver = try await LineReceiver()
                let arguments = try following(scene, receiver, disk)
                try await Program.with(arguments, environment: scene.environment) { program in
                    try await program.errorLines(containing: "output begins")
                    try await Scene.committed(scene.visibleByRealtime.count, in: disk.offsets)
                    try disk.fill()
                    scene.clock.advance(by: .seconds(60))
                    await receiver.received(scene.visibleByRealtime)
                    try await program.errorLines(containing: "the offset file could not be used")
                    program.send(SIGKILL)
                    let killed = try await program.status()
                    #expect(killed == -SIGKILL)
                }
                try await Program.with(arguments, environment: scene.environment) { program in
                    try await program.errorLines(containing: "the offset file could not be used")
                    program.send(SIGTERM)
                    let status = try await program.status()
                    #expect(status == 0, "\(program.errors)")
                }
                try disk.makeRoom()
                try await expectOnlyUncommittedAgain(scene, receiver, disk, arguments)
                try await receiver.close()
            }
        }
    }

    @Test(.timeLimit(.minutes(1)), .enabled("images cannot be mounted here") { try await Disk.canMountImages() })
    func `a disk that becomes read-only is reported and tried again, and once it is mended nothing is missing`() async throws {
        try await Scene.with(try organization()) { scene in
            try await Disk.inFile(at: scene.path("disk")) { disk in
                let receiver = try await LineReceiver()
                let arguments = try following(scene, receiver, disk)
                try await Program.with(arguments, environment: scene.environment) { program in
                    try await program.errorLines(containing: "output begins")
                    try await Scene.committed(scene.visibleByRealtime.count, in: disk.offsets)
                    try await disk.becomeReadOnly()
                    scene.clock.advance(by: .seconds(60))
                    await receiver.received(scene.visibleByRealtime)
                    try await program.errorLines(2, containing: "the offset file could not be used")
                    program.send(SIGTERM)
                    let status = try await program.status()
                    #expect(status == 0, "\(program.errors)")
                }
                try await disk.repair()
                try await expectOnlyUncommittedAgain(scene, receiver, disk, arguments)
                try await disk.remount("ro")
                let refused = try await Program.run(arguments, environment: scene.environment)
                expect(refused, 74, [["offset file '\(disk.offsets)'"]], "--offsets")
                try await disk.remount("rw")
                try await expectOnlyUncommittedAgain(scene, receiver, disk, arguments)
                try await receiver.close()
            }
        }
    }

    /// Runs to the end, after which everything that is visible has come, and nothing came again that was committed before.
    private func expectOnlyUncommittedAgain(
        _ scene: Scene, _ receiver: LineReceiver, _ disk: Disk, _ arguments: [String]
    ) async throws {
        let committed = try await committedIDs(disk)
        let connections = receiver.connections
        let shown = scene.visibleByRealtime
        scene.clock.advance(by: .seconds(10))
        let ended = try await Program.run(arguments + ["--once"], environment: scene.environment)
        #expect(ended.status == 0, "\(ended.errors)")
        await receiver.received(shown)
        let again = receiver.events.filter { $0.connection > connections && committed.contains($0.id) }
        #expect(again.isEmpty, "\(again.count) audits came again that were committed")
        #expect(committed.count >= 400)
    }

    private func committedIDs(_ disk: Disk) async throws -> Set<String> {
        let store = try OffsetStore(path: disk.offsets, access: .exclusive)
        let batches = try await store.acknowledged(by: "collector", in: Interval(.distantPast, .distantFuture))
        await store.close()
        return Set(batches.flatMap(\.ids).map(\.description))
    }

    private func failures(_ program: Program) -> [Substring] {
        program.errors.split(separator: "\n").filter { $0.contains("the offset file could not be used") }
    }

    private func organization() throws -> SimulatorConfiguration {
        var organization = try Scene.organization(events: 500)
        organization.eventsPerSecond = 1
        return organization
    }

    private func following(
        _ scene: Scene, _ receiver: LineReceiver, _ disk: Disk, shutdownTimeout: String = "1s"
    ) throws -> [String] {
        let configuration = try scene.write(
            """
            tail: {sweep: off, reconcile: off, since: 20m, poll_interval: 1s, overlap: 30s}
            outputs: {collector: {type: tcp, address: "127.0.0.1:\(receiver.port)"}}
            shutdown_timeout: \(shutdownTimeout)
            """, to: "auditferry.yaml")
        return ["run", "--config", configuration, "--offsets", disk.offsets]
    }
}
