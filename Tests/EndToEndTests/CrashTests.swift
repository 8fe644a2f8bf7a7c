import AuditCore
import Engine
import FaultScenes
import Foundation
import OffsetStore
import Testing

/// The promise itself: killed at any moment, over any connection, the collector has every audit.
@Suite(.serialized) struct CrashTests {
    static let audits = 50_000
    static let kills = 20

    @Test(.timeLimit(.minutes(5)))
    func `killed at twenty random moments, every audit arrives and only uncommitted ones arrive twice`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        let moments = (0..<CrashTests.kills).map { _ in Int.random(in: 0..<CrashTests.audits * 8 / 10, using: &random) }.sorted()
        let delays = moments.map { _ in Int.random(in: 0...30, using: &random) }
        try await Scene.with(try Scene.organization(events: CrashTests.audits, seed: seed)) { scene in
            let receiver = try await LineReceiver()
            var committed: [(connections: Int, ids: Set<String>)] = []
            for (moment, delay) in zip(moments, delays) {
                let program = try Program(arguments(scene, receiver), environment: scene.environment)
                await receiver.received(min(moment, scene.visible.count))
                // Part of the fault, not of the test: the moment is not tied to what arrives.
                try await Task.sleep(for: .milliseconds(delay))
                program.send(SIGKILL)
                let killed = try await program.status()
                #expect(killed == -SIGKILL, "it ended by itself:\n\(program.errors)")
                committed.append((receiver.connections, try await committedIDs(scene)))
            }
            let last = try await Program.run(arguments(scene, receiver), environment: scene.environment)
            #expect(last.status == 0, "\(last.errors)")
            // The kernel has acknowledged it; the receiver may still be reading.
            await receiver.received(scene.visible)
            #expect(receiver.ids == scene.visible)
            for (connections, ids) in committed {
                let again = receiver.events.filter { $0.connection > connections && ids.contains($0.id) }
                #expect(again.isEmpty, "\(again.count) audits came again that were committed")
            }
            try await receiver.close()
            print(
                "\(receiver.events.count - receiver.ids.count) duplicates of \(receiver.ids.count) audits after \(moments.count) kills"
            )
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a collector that resets the connection at random bytes gets every audit`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        let limits = (0..<30).map { _ in Int.random(in: 0..<3_000_000, using: &random) }
        try await Scene.with(try Scene.organization(events: CrashTests.audits, seed: seed)) { scene in
            let receiver = try await LineReceiver(limits: limits)
            let ended = try await Program.run(arguments(scene, receiver), environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            // The kernel has acknowledged it; the receiver may still be reading.
            await receiver.received(scene.visible)
            #expect(receiver.ids == scene.visible)
            #expect(receiver.resets > 5)
            try await receiver.close()
            print(
                "\(receiver.events.count - receiver.ids.count) duplicates of \(receiver.ids.count) audits after \(receiver.resets) resets"
            )
        }
    }

    private func arguments(_ scene: Scene, _ receiver: LineReceiver) throws -> [String] {
        let configuration = """
            tail: {since: 20m}
            outputs:
              collector: {type: tcp, address: "127.0.0.1:\(receiver.port)", retry: {first: 10ms, most: 100ms}}
            """
        let path = scene.path("auditferry.yaml")
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: path))
        return ["run", "--once", "--config", path, "--offsets", scene.offsets]
    }

    private func committedIDs(_ scene: Scene) async throws -> Set<String> {
        guard OffsetStore.exists(scene.offsets) else { return [] }
        let store: OffsetStore
        do {
            store = try OffsetStore(path: scene.offsets, access: .readOnly)
        } catch {
            // Killed before the tables were made.
            guard error.message.contains("does not exist") else { throw error }
            return []
        }
        let batches = try await store.acknowledged(by: "collector", in: Interval(.distantPast, .distantFuture))
        await store.close()
        return Set(batches.flatMap(\.ids).map(\.description))
    }
}
