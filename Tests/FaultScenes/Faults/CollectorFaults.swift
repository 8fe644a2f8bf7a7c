import AuditCore
import Foundation

/// The receiver is not there, is too slow, or breaks off.
extension Fault {
    package static let collectors = [
        Fault("receiver-killed", "the receiver is killed at 10 random moments and is down in between", repeats: .uncommitted) {
            try await receiverKilled(&$0)
        },
        Fault("receiver-resets", "the receiver resets the connection after 30 random numbers of bytes", repeats: .uncommitted) {
            try await receiverResets(&$0)
        },
        Fault("receiver-stalls", "the receiver is stopped (SIGSTOP) while 45 MiB wait for it") { try await receiverStalls(&$0) },
        Fault(
            "receiver-full", "the receiver's disk is full for a while, and it resets the connections", repeats: .uncommitted,
            unless: Disk.obstacle
        ) {
            try await receiverFull(&$0)
        },
        Fault("one-of-two-down", "one of two receivers is down for a while; the other gets everything meanwhile") {
            try await oneOfTwoDown(&$0)
        },
    ]

    private static func receiverKilled(_ random: inout SplitMix) async throws -> Outcome {
        let moments = (0..<10).map { _ in Duration.milliseconds(Int.random(in: 0...300, using: &random)) }
        let organization = try Scene.organization(events: 20_000, seed: random.next())
        return try await Scene.with(organization) { scene in
            let receiver = try CollectorProcess(writingTo: scene.path("received"))
            let installation = try Installation(scene, to: ["collector": receiver])
            try await installation.run { program in
                for (number, moment) in moments.enumerated() {
                    // Part of the fault: the moment is not tied to what happens.
                    try await receiver.started { _ in try await Task.sleep(for: moment) }
                    try await program.errorLines(number + 1, containing: "the output refused a delivery")
                }
                try await recovered(installation, program, by: receiver)
            }
            return try installation.outcome()
        }
    }

    /// The receiver is there for good: until the program has ended, which still settles what it delivered.
    private static func recovered(
        _ installation: Installation, _ program: Program, by receiver: CollectorProcess
    ) async throws {
        installation.heals()
        try await receiver.started { _ in
            try await installation.recovers()
            program.send(SIGTERM)
            try await program.status()
        }
    }

    private static func receiverResets(_ random: inout SplitMix) async throws -> Outcome {
        let limits = (0..<30).map { _ in Int.random(in: 0..<1_200_000, using: &random) }
        let organization = try Scene.organization(events: 20_000, seed: random.next())
        return try await Scene.with(organization) { scene in
            try await LineReceiver.with(limits: limits) { receiver in
                let installation = try Installation(scene, to: ["collector": receiver])
                installation.heals()
                try await installation.run { _ in try await installation.recovers() }
                try demand(receiver.resets > 5, "there were only \(receiver.resets) resets")
                return try installation.outcome()
            }
        }
    }

    private static func receiverStalls(_ random: inout SplitMix) async throws -> Outcome {
        var organization = try Scene.organization(events: 50_000, seed: random.next())
        organization.eventsPerSecond = 20
        return try await Scene.with(organization) { scene in
            let receiver = try CollectorProcess(writingTo: scene.path("received"))
            let installation = try Installation(scene, to: ["collector": receiver])
            try await receiver.started { process in
                process.send(SIGSTOP)
                try await installation.run { program in
                    // Reading pauses at 12 MiB.
                    try await program.stands(at: 10_000, unit: "unacknowledged")
                    let before = try program.memory()
                    for round in 1...3 {
                        // Every poll finds something new, as long as there is room for it.
                        scene.clock.advance(by: .seconds(60))
                        try await program.stands(at: 10_000 + round * 1000, unit: "unacknowledged")
                    }
                    installation.grew(by: try program.memory() - before)
                    process.send(SIGCONT)
                    installation.heals()
                    try await installation.recovers()
                }
            }
            return try installation.outcome()
        }
    }

    private static func receiverFull(_ random: inout SplitMix) async throws -> Outcome {
        try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await Disk.inMemory(at: scene.path("disk")) { disk in
                let receiver = try CollectorProcess(writingTo: disk.path + "/received")
                let installation = try Installation(scene, to: ["collector": receiver])
                try await receiver.started { _ in
                    try await InterruptedFlow.follow(installation, InterruptedFlow.outputIsFull(disk))
                }
                return try installation.outcome()
            }
        }
    }

    private static func oneOfTwoDown(_ random: inout SplitMix) async throws -> Outcome {
        try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await LineReceiver.with { sound in
                let receiver = try CollectorProcess(writingTo: scene.path("received"))
                let installation = try Installation(scene, to: ["down": receiver, "sound": sound])
                try await installation.run { program in
                    try await program.errorLines(containing: "the output refused a delivery")
                    scene.clock.advance(by: InterruptedFlow.meanwhile)
                    await sound.received(installation.due)
                    try await recovered(installation, program, by: receiver)
                }
                return try installation.outcome()
            }
        }
    }
}
