import AuditCore
import FaultScenes
import Foundation
import Simulator
import Testing

/// Whatever goes wrong between the organization and the program: every audit arrives, and without a crash it arrives once. One at a
/// time, from the beginning: together they take long.
struct FaultTests {
    /// A fault plan, with how much an organization must have for the plan to matter.
    struct Plan: Sendable, CustomTestStringConvertible {
        let faults: String
        var events = 1500

        init(_ faults: String, events: Int = 1500) {
            self.faults = faults
            self.events = events
        }

        var testDescription: String { faults }
    }

    static let plans: [Plan] = [
        // More than two pages of the same second.
        Plan("same-second every=2000 count=1200", events: 2000),
        // Each page of a longer answer lets a few more out; none comes out by itself in the time of a test.
        Plan("shift fraction=0.03 delay=30d count=3"),
        Plan("duplicate"),
        Plan("expired-token lifetime=1h uses=4"),
        Plan("unauthorized every=2"),
        Plan("rate-limit every=3 wait=1s"),
        Plan("rate-limit-silent every=3 window=1s"),
        Plan("truncate every=3"),
        Plan("malformed every=3"),
        Plan("html-502 every=3"),
        Plan("empty-503 every=3"),
        Plan("error-500 every=3"),
        Plan("reset every=3"),
        Plan("slow every=1 delay=200ms"),
        Plan("exclusive-start"),
        Plan("inclusive-end"),
        Plan("too-large results=300"),
        Plan("page-size-limit size=100"),
        Plan("service-name-required"),
        Plan("timeout-504 span=4m"),
        Plan(
            """
            same-second every=2000 count=700,shift fraction=0.01 delay=30d count=3,unauthorized every=3,expired-token lifetime=1h uses=5,\
            rate-limit every=29 wait=1s,truncate every=17,malformed every=19,html-502 every=23,reset every=31,slow every=5 delay=20ms,\
            exclusive-start,inclusive-end,too-large results=1000,page-size-limit size=200,timeout-504 span=8m,no-id
            """, events: 2000),
    ]

    // The plan with everything in it makes the asynchronous reading back off for most of a minute.
    @Test(.serialized, .timeLimit(.minutes(5)), arguments: plans)
    func `every audit arrives, and arrives once`(_ plan: Plan) async throws {
        try await Scene.with(try Scene.organization(events: plan.events, faults: plan.faults)) { scene in
            let ended = try await Program.run(try once(scene), environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            try expectEveryAuditOnce(scene)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `audits without an id go to the dead letters, and stop nothing`() async throws {
        try await Scene.with(try Scene.organization(events: 1500, faults: "no-id fraction=0.05")) { scene in
            let ended = try await Program.run(try once(scene), environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            try expectEveryAuditOnce(scene)
            let letters = try String(contentsOfFile: scene.path("audits.rejected.ndjson"), encoding: .utf8).split(separator: "\n")
            #expect(letters.count > 20)
            #expect(Set(letters).count == letters.count)
            for line in letters {
                let letter = try JSONDecoder().decode(DeadLetter.self, from: Data(line.utf8))
                #expect(letter.output == "audits")
                #expect(letter.reason == "the audit has no id")
                #expect(letter.audit.id == nil)
                #expect(letter.audit.eventDate != nil)
            }
        }
    }

    private struct DeadLetter: Decodable {
        struct Audit: Decodable {
            let id: String?
            let eventDate: String?
        }
        let output: String
        let reason: String
        let audit: Audit
    }

    @Test(.timeLimit(.minutes(5)))
    func `audits that show up late, but within the overlap, arrive once, over a restart as well`() async throws {
        var organization = try Scene.organization(events: 100, faults: "late fraction=0.4 delay=3s")
        organization.eventsPerSecond = 40
        try await Scene.with(organization) { scene in
            let receiver = try await LineReceiver()
            let arguments = try following(scene, receiver)
            try await Program.with(arguments, environment: scene.environment) { program in
                await receiver.received(300)
                // What realtime lacks comes with the next sweep.
                await receiver.received(scene.visible.subtracting(scene.asynchronousOnly))
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
            }
            let late = lateIDs(scene)
            #expect(!late.isDisjoint(with: receiver.ids))
            let shown = scene.visible
            scene.clock.advance(by: .seconds(10))
            let ended = try await Program.run(arguments + ["--once"], environment: scene.environment)
            #expect(ended.status == 0, "\(ended.errors)")
            await receiver.received(shown)
            #expect(shown.isSubset(of: receiver.ids))
            #expect(receiver.ids.isSubset(of: scene.visible))
            #expect(receiver.events.count == receiver.ids.count)
            try await receiver.close()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what happens while the program is down arrives when it runs again, once`() async throws {
        var organization = try Scene.organization(events: 200)
        organization.eventsPerSecond = 0.2
        try await Scene.with(organization) { scene in
            let receiver = try await LineReceiver()
            let arguments = try following(scene, receiver)
            let before = scene.visible.count
            let first = try await Program.run(arguments + ["--once"], environment: scene.environment)
            #expect(first.status == 0, "\(first.errors)")
            scene.clock.advance(by: .seconds(3 * 3600))
            try await Program.with(arguments, environment: scene.environment) { program in
                let shown = scene.visible
                #expect(shown.count > before + 1000)
                await receiver.received(shown)
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
            }
            #expect(receiver.events.count == receiver.ids.count)
            let gaps = try await Program.run(["offsets", "gaps", "--offsets", scene.offsets, "--json"])
            #expect(gaps.status == 0, "\(gaps.errors)")
            try await receiver.close()
        }
    }

    /// Those that showed up so late that a pass without overlap would have missed them.
    private func lateIDs(_ scene: Scene) -> Set<String> {
        let late = scene.simulator.truth().filter { ($0.realtime ?? $0.eventDate) - $0.eventDate > .seconds(2) }
        return Set(late.map(\.id.description))
    }

    private func expectEveryAuditOnce(_ scene: Scene) throws {
        let ids = try scene.ids(in: "audits.ndjson")
        let visible = scene.visible
        let missing = visible.subtracting(ids)
        #expect(visible.count > 500)
        #expect(missing.count == 0, "\(missing.count) of \(visible.count) are missing")
        #expect(Set(ids).isSubset(of: visible))
        #expect(ids.count == Set(ids).count, "\(ids.count - Set(ids).count) came twice")
    }

    private func once(_ scene: Scene) throws -> [String] {
        let configuration = try scene.write(
            """
            tail: {since: 20m}
            outputs: {audits: {type: file, path: \(scene.path("audits.ndjson"))}}
            """, to: "auditferry.yaml")
        return ["run", "--once", "--config", configuration, "--offsets", scene.offsets]
    }

    private func following(_ scene: Scene, _ receiver: LineReceiver) throws -> [String] {
        let configuration = try scene.write(
            """
            tail: {since: 20m, poll_interval: 1s, overlap: 30s}
            outputs: {collector: {type: tcp, address: "127.0.0.1:\(receiver.port)"}}
            """, to: "auditferry.yaml")
        return ["run", "--config", configuration, "--offsets", scene.offsets]
    }
}
