import AuditCore
import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What only the asynchronous endpoint shows, and what goes wrong with it.
@Suite(.fewAtATime)
struct AsynchronousTests {
    static let plans = [
        "failed-query every=2", "cancelled-query every=2", "cursor-refused every=3", "large-pages bytes=20000",
        "large-pages bytes=20000,redirect-location", "page-size-limit size=100,truncate every=5,error-500 every=7",
    ]

    // Where many pages are refused, backing off takes most of a minute.
    @Test(.timeLimit(.minutes(5)), arguments: plans)
    func `services that realtime lacks arrive, and arrive once`(_ faults: String) async throws {
        var organization = try Scene.organization(events: 1500, faults: faults)
        organization.asynchronousDelay = .zero
        try await Scene.with(organization) { scene in
            let ended = try await Program.run(try arguments(scene, "since: 20m"), environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            try expectEveryAuditOnce(scene)
            #expect(!scene.asynchronousOnly.isEmpty)
            #expect(try scene.asynchronousOnly.isSubset(of: scene.ids(in: "audits.ndjson")))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what realtime gives no more is recorded as lost and said once, and is read once the asynchronous endpoint is`()
        async throws
    {
        var organization = try Scene.organization(events: 1000)
        organization.history = .seconds(20 * 86_400)
        organization.asynchronousDelay = .zero
        try await Scene.with(organization) { scene in
            let realtime = try arguments(scene, "since: 21d, sweep: off, reconcile: off")
            let errors = "a gap is older than the API reaches"
            let first = try await Program.run(realtime, environment: scene.environment)
            #expect(first.status == 0 && first.errors.contains(errors), "\(first.errors)")
            let gaps = try await Program.run(["offsets", "gaps", "--offsets", scene.offsets])
            #expect(gaps.output.hasSuffix(", lost\n") && !gaps.output.dropLast().contains("\n"), "\(gaps.output)")
            let second = try await Program.run(realtime, environment: scene.environment)
            #expect(second.status == 0 && !second.errors.contains(errors), "\(second.errors)")
            let third = try await Program.run(try arguments(scene, "since: 21d"), environment: scene.environment)
            #expect(third.status == 0, "\(third.errors)")
            try expectEveryAuditOnce(scene)
            #expect(try await Program.run(["offsets", "gaps", "--offsets", scene.offsets]).output == "")
        }
    }

    private func arguments(_ scene: Scene, _ tail: String) throws -> [String] {
        let configuration = try scene.write(
            """
            tail: {\(tail)}
            outputs: {audits: {type: file, path: \(scene.path("audits.ndjson"))}}
            """, to: "auditferry.yaml")
        return ["run", "--once", "--config", configuration, "--offsets", scene.offsets]
    }

    private func expectEveryAuditOnce(_ scene: Scene) throws {
        let ids = try scene.ids(in: "audits.ndjson")
        let missing = scene.visible.subtracting(ids)
        #expect(missing.isEmpty, "\(missing.count) of \(scene.visible.count) are missing")
        #expect(ids.count == Set(ids).count, "\(ids.count - Set(ids).count) came twice")
    }
}
