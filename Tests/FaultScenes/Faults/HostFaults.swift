import AuditCore
import Foundation

/// The machine of the program is not what it should be.
extension Fault {
    /// What a wall clock is off by at the start, and to what it steps.
    package static let clockSteps = [("+5d", "-9d"), ("-400d", "+30d"), ("-3s", "+90s")]

    package static let host =
        clockSteps.map { offset, step in
            Fault(
                "clock \(offset) \(step)", "the host's clock is off by \(offset), and steps to \(step) and back",
                unless: FakeTime.obstacle
            ) {
                try await clockStepping(from: offset, to: step, &$0)
            }
        } + [
            Fault("file-full", "the disk of an output file is full for a while", unless: Disk.obstacle) {
                try await fileFull(&$0)
            }
        ]

    private static func clockStepping(from offset: String, to step: String, _ random: inout SplitMix) async throws -> Outcome {
        try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, to: ["collector": receiver])
                let clock = try await FakeTime(scene, off: offset)
                let begin = scene.clock.now - .seconds(1200)
                let born = FakeTime.real - .seconds(1)
                try await installation.run(environment: clock.environment) { program in
                    try await installation.everythingArrives()
                    for text in [step, offset, step] {
                        scene.clock.advance(by: InterruptedFlow.meanwhile)
                        try clock.step(to: text)
                        installation.heals()
                        try await installation.recovers()
                    }
                }
                let life = Interval(born, FakeTime.real + .seconds(1))
                try await installation.demandCoverage(since: begin)
                let outcome = try installation.outcome()
                try clock.demand(outcome.log, from: offset, to: step, during: life)
                return outcome
            }
        }
    }

    private static func fileFull(_ random: inout SplitMix) async throws -> Outcome {
        try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await Disk.inMemory(at: scene.path("disk")) { disk in
                let installation = try Installation(scene, to: ["archive": ArchiveFile(disk.path + "/archive.ndjson")])
                try await InterruptedFlow.follow(installation, InterruptedFlow.outputIsFull(disk))
                return try installation.outcome()
            }
        }
    }
}
