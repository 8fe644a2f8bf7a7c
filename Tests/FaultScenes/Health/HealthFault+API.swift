import Foundation
import Simulator

/// The API cannot be read, or the program does not run.
extension HealthFault {
    package static let all = api + outputs + offsets + [stopped]

    package static let api = [
        HealthFault("api-silent", "the API takes requests and answers none", .silence) { fault in
            try await organized { scene in try await silent(fault, scene) }
        },
        HealthFault("api-down", "the API refuses connections", .notReady) { fault in
            try await Scene.unserved(try organization()) { scene in try await down(fault, scene) }
        },
        interfering("token-refused", "every request is refused (401)", "unauthorized every=1"),
        interfering("forbidden", "the permission is missing (403)", "forbidden"),
        interfering("rate-limit", "the API asks for a pause of an hour (429)", "rate-limit-long every=1"),
        interfering("api-500", "every answer is an error (500)", "error-500 every=1"),
    ]

    package static let stopped = HealthFault("process-stopped", "the process is stopped (SIGSTOP)", .standstill) { fault in
        try await organized { scene in
            try await HealthBench.with(scene, outputs: file(scene)) { bench in
                bench.program.send(SIGSTOP)
                return try await bench.observe(fault)
            }
        }
    }

    /// Something happens in it all the time.
    static func organization() throws -> SimulatorConfiguration {
        var organization = try Scene.organization(events: 500)
        organization.eventsPerSecond = 5
        return organization
    }

    static func organized(_ body: @escaping @Sendable (Scene) async throws -> HealthOutcome) async throws -> HealthOutcome {
        try await Scene.with(try organization(), body)
    }

    static func file(_ scene: Scene) -> String { "{type: file, path: \(scene.path("audits.ndjson"))}" }

    private static func interfering(_ name: String, _ meaning: String, _ faults: String) -> HealthFault {
        HealthFault(name, meaning, .notReady) { fault in
            try await organized { scene in
                try await HealthBench.with(scene, outputs: file(scene)) { bench in
                    scene.simulator.interfere(try FaultPlan(names: faults))
                    return try await bench.observe(fault)
                }
            }
        }
    }

    private static func silent(_ fault: HealthFault, _ scene: Scene) async throws -> HealthOutcome {
        let port = scene.url.split(separator: ":").last.flatMap { Int($0) } ?? 0
        return try await FaultProxy.with(to: port) { way in
            try await HealthBench.with(scene, outputs: file(scene), url: "http://127.0.0.1:\(way.port)") { bench in
                way.stand()
                return try await bench.observe(fault)
            }
        }
    }

    private static func down(_ fault: HealthFault, _ scene: Scene) async throws -> HealthOutcome {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: HealthOutcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await scene.served { for await _ in ends {} }
                return nil
            }
            group.addTask {
                try await HealthBench.with(scene, outputs: file(scene)) { bench in
                    end.finish()
                    return try await bench.observe(fault)
                }
            }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }
}
