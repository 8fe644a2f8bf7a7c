import AuditCore

/// The audits themselves behave otherwise than a reader would like.
extension Fault {
    package static let audits = [
        Fault("page-shifts", "audits show up before the place that is being read, and pages overlap") { try await shifts(&$0) },
        Fault("late-audits", "a third of the audits show up ten minutes late, after the overlap") { try await late(&$0) },
    ]

    private static func shifts(_ random: inout SplitMix) async throws -> Outcome {
        // Each page of a longer answer lets a few more out; none comes out by itself in the time of a scene.
        let organization = try Scene.organization(
            events: 1500, seed: random.next(), faults: "shift fraction=0.03 delay=30d count=3,duplicate")
        return try await Scene.with(organization) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, to: ["collector": receiver])
                let before = installation.due.count
                installation.heals()
                try await installation.runOnce()
                try await installation.recovers()
                try demand(installation.due.count > before, "no page has shifted")
                return try installation.outcome()
            }
        }
    }

    private static func late(_ random: inout SplitMix) async throws -> Outcome {
        try await InterruptedFlow.toReceiver(&random, faults: "late fraction=0.3 delay=10m") { installation, _ in
            let (scene, shown) = (installation.scene, installation.due)
            let overlapped = scene.clock.now - .seconds(60)
            scene.clock.advance(by: .seconds(900))
            let late = scene.simulator.truth().filter { $0.eventDate < overlapped && !shown.contains($0.id.description) }
            try demand(late.count > 10, "only \(late.count) audits are late")
        }
    }
}
