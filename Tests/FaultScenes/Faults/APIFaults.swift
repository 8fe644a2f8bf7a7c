import AuditCore
import Simulator

/// The API does not answer, or answers something else than audits.
extension Fault {
    package static let api = [
        Fault("api-down", "the API refuses connections for a while") { try await apiDown(&$0) },
        answers("api-503", "every answer is an empty 503 for a while", "empty-503 every=1"),
        answers("api-truncated", "every answer ends in the middle for a while", "truncate every=1"),
        answers("api-reset", "every connection is reset in the middle of the answer for a while", "reset every=1"),
        answers("api-html", "every answer is a gateway's HTML page for a while", "html-502 every=1"),
        answers("api-429", "every request is refused for its rate for a while", "rate-limit every=1 wait=1s"),
        Fault("api-429-hour", "every request is refused for an hour (429); restarted when that is over") {
            try await parked(&$0)
        },
        answers("token-refused", "every request is refused (401) for a while", "unauthorized every=1"),
        Fault("token-expiry", "a token is good for three requests") { random in
            try await InterruptedFlow.toReceiver(
                &random, faults: "expired-token lifetime=1h uses=3"
            ) { installation, _ in
                installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
            }
        },
        Fault("queries-fail", "asynchronous queries are cancelled, fail or vanish for a while") { random in
            try await answering(
                "cancelled-query every=1,failed-query every=2,vanished-query every=3", &random, failures: 3)
        },
        Fault("query-stuck", "asynchronous queries do not end for a while") { try await stuck(&$0) },
    ]

    private static func answers(_ name: String, _ meaning: String, _ faults: String) -> Fault {
        Fault(name, meaning) { try await answering(faults, &$0, failures: 2) }
    }

    private static func answering(_ faults: String, _ random: inout SplitMix, failures: Int) async throws -> Outcome {
        let plan = try FaultPlan(names: faults)
        return try await InterruptedFlow.toReceiver(&random) { installation, program in
            let scene = installation.scene
            scene.simulator.interfere(plan)
            scene.clock.advance(by: InterruptedFlow.meanwhile)
            try await program.errorLines(failures, containing: "the API could not be read")
            scene.simulator.interfere(.none)
        }
    }

    private static func apiDown(_ random: inout SplitMix) async throws -> Outcome {
        try await Scene.unserved(try InterruptedFlow.organization(&random)) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, .sweeping, to: ["collector": receiver])
                try await installation.run { program in
                    try await scene.served { try await installation.everythingArrives() }
                    scene.clock.advance(by: InterruptedFlow.meanwhile)
                    try await program.errorLines(3, containing: "the API could not be read")
                    installation.heals()
                    try await scene.served { try await installation.recovers() }
                }
                return try installation.outcome()
            }
        }
    }

    private static func parked(_ random: inout SplitMix) async throws -> Outcome {
        let plan = try FaultPlan(names: "rate-limit-long every=1 wait=1h")
        return try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, .sweeping, to: ["collector": receiver])
                try await installation.run { program in
                    try await installation.everythingArrives()
                    scene.simulator.interfere(plan)
                    scene.clock.advance(by: .seconds(3600))
                    try await program.errorLines(containing: "the API refuses requests for long")
                }
                scene.simulator.interfere(.none)
                installation.heals()
                try await installation.run { _ in try await installation.recovers() }
                return try installation.outcome()
            }
        }
    }

    private static func stuck(_ random: inout SplitMix) async throws -> Outcome {
        let plan = try FaultPlan(names: "stuck-running every=1")
        return try await InterruptedFlow.toReceiver(&random) { installation, program in
            let scene = installation.scene
            scene.simulator.interfere(plan)
            scene.clock.advance(by: InterruptedFlow.meanwhile)
            try await installation.hasQuery(of: "collector")
            scene.simulator.interfere(.none)
        }
    }
}
