import Simulator

/// The usual story: all is well, something goes wrong while audits come into existence, and then all is well again.
enum InterruptedFlow {
    /// How much time passes at once while something is wrong; an audit a second comes into existence.
    static let meanwhile = Duration.seconds(60)

    /// Brings a fault about beside a program that follows the organization, and ends it.
    typealias Trouble = @Sendable (_ installation: Installation, _ program: Program) async throws -> Void

    static func organization(_ random: inout SplitMix, faults: String = "") throws -> SimulatorConfiguration {
        var organization = try Scene.organization(events: 500, seed: random.next(), faults: faults)
        organization.eventsPerSecond = 1
        organization.asynchronousDelay = .zero
        return organization
    }

    /// - Parameter faults: those that are there all the time.
    static func toReceiver(
        _ random: inout SplitMix, _ reading: Installation.Reading = .sweeping, faults: String = "", _ trouble: @escaping Trouble
    ) async throws -> Outcome {
        try await Scene.with(try organization(&random, faults: faults)) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, reading, to: ["collector": receiver])
                try await follow(installation, trouble)
                return try installation.outcome()
            }
        }
    }

    /// The disk that an output ends on is full for a while.
    static func outputIsFull(_ disk: Disk) -> Trouble {
        { installation, program in
            try disk.fill()
            installation.scene.clock.advance(by: meanwhile)
            try await program.errorLines(2, containing: "the output refused a delivery")
            try disk.makeRoom()
        }
    }

    static func follow(_ installation: Installation, _ trouble: @escaping Trouble) async throws {
        try await installation.run { program in
            try await installation.everythingArrives()
            try await trouble(installation, program)
            installation.heals()
            try await installation.recovers()
        }
    }
}
