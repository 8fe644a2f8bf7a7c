import AuditCore
import Foundation

/// The offset file cannot be written, or is not what it was.
extension Fault {
    package static let offsets = [
        offsetsFull,
        Fault("offsets-full-kill", "the offset file's disk is full, and SIGKILL", repeats: .uncommitted, unless: Disk.obstacle) {
            try await fullAndKilled(&$0)
        },
        Fault(
            "offsets-read-only", "the offset file's disk becomes read-only, and is repaired", repeats: .uncommitted,
            unless: Disk.imageObstacle
        ) {
            try await readOnly(&$0)
        },
        damaged("offsets-torn", "the offset file ends in the middle of a page") { files, size in
            try files.cut("offsets.db", at: size / 2 + 100)
        },
        damaged("offsets-corrupt", "a page of the offset file is zero") { files, size in
            try files.zero("offsets.db", size / 2 / 4096 * 4096..<size / 2 / 4096 * 4096 + 4096)
        },
        damaged("offsets-empty", "the offset file is empty") { files, _ in try files.cut("offsets.db", at: 0) },
        Fault("offsets-deleted", "the offset file is deleted; the operator rewinds", repeats: .everything) {
            try await deleted(&$0)
        },
        Fault("offsets-wal-lost", "the offset file's write-ahead log is lost after SIGKILL", repeats: .everything) {
            try await logLost(&$0)
        },
    ]

    /// What the log of a program says that cannot commit.
    private static let failing = "the offset file could not be used"

    package static let offsetsFull = Fault(
        "offsets-full", "the offset file's disk is full for a while", saying: [" error \(failing)", "disk is full"],
        unless: Disk.obstacle
    ) { random in
        try await onDisk(&random, Disk.inMemory) { installation, disk in
            try await InterruptedFlow.follow(installation) { installation, program in
                try disk.fill()
                installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
                try await installation.everythingArrives()
                try await program.errorLines(2, containing: failing)
                try disk.makeRoom()
                try await program.errorLines(containing: "the offset file can be used again")
                installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
            }
            try await installation.remember()
            try await installation.runOnce()
        }
    }

    private static func fullAndKilled(_ random: inout SplitMix) async throws -> Outcome {
        try await onDisk(&random, Disk.inMemory) { installation, disk in
            try await installation.run { program in
                try await installation.everythingArrives()
                try await installation.everythingIsCommitted()
                try disk.fill()
                installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
                try await installation.everythingArrives()
                try await program.errorLines(containing: failing)
                program.send(SIGKILL)
            }
            try await installation.run { try await $0.errorLines(containing: failing) }
            installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
            try disk.makeRoom()
            installation.heals()
            try await installation.remember()
            try await installation.run { _ in try await installation.recovers() }
        }
    }

    private static func readOnly(_ random: inout SplitMix) async throws -> Outcome {
        try await onDisk(&random, Disk.inFile) { installation, disk in
            try await installation.run { program in
                try await installation.everythingArrives()
                try await installation.everythingIsCommitted()
                try await disk.becomeReadOnly()
                installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
                try await installation.everythingArrives()
                try await program.errorLines(2, containing: failing)
            }
            try await disk.repair()
            try await installation.remember()
            try await disk.remount("ro")
            let refused = try await installation.runOnce(expecting: [74])
            try demand(refused.errors.contains("auditferry: error: offset file '"), refused.errors)
            installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
            try await disk.remount("rw")
            installation.heals()
            try await installation.run { _ in try await installation.recovers() }
        }
    }

    private static func onDisk(
        _ random: inout SplitMix,
        _ mount: @escaping @Sendable (String, (Disk) async throws -> Outcome) async throws -> Outcome,
        _ body: @escaping @Sendable (Installation, Disk) async throws -> Void
    ) async throws -> Outcome {
        try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await LineReceiver.with { receiver in
                try await mount(scene.path("disk")) { disk in
                    let installation = try Installation(scene, to: ["collector": receiver], offsets: disk.offsets)
                    try await body(installation, disk)
                    return try installation.outcome()
                }
            }
        }
    }

    /// Damages the file while nothing runs.
    private static func damaged(
        _ name: String, _ meaning: String, _ damage: @escaping @Sendable (DamagedFiles, _ size: Int) throws -> Void
    ) -> Fault {
        Fault(name, meaning + "; where it is refused, the operator does as the hint says", repeats: .everything) { random in
            try await afterDelivery(&random) { installation in
                let size = try Data(contentsOf: URL(fileURLWithPath: installation.offsets)).count
                try damage(DamagedFiles(directory: installation.scene.directory), size)
                installation.heals()
                if try await installation.isRefusedAsDamaged() {
                    try installation.moveOffsetsAside()
                    try await installation.runOnce(["--since", "30m"])
                }
            }
        }
    }

    private static func deleted(_ random: inout SplitMix) async throws -> Outcome {
        try await afterDelivery(&random) { installation in
            let begin = installation.scene.clock.now - .seconds(1800)
            try installation.moveOffsetsAside()
            try await installation.run { try await $0.errorLines(containing: "reading") }
            installation.heals()
            let rewound = try await Program.run(
                ["offsets", "rewind", "--offsets", installation.offsets, "--output", "collector", "--to", "\(begin)"])
            try demand(rewound.status == 0, rewound.errors)
        }
    }

    private static func logLost(_ random: inout SplitMix) async throws -> Outcome {
        try await afterDelivery(&random) { installation in
            try await installation.run { program in
                try await installation.everythingArrives()
                try await installation.everythingIsCommitted()
                program.send(SIGKILL)
            }
            try FileManager.default.removeItem(atPath: installation.offsets + "-wal")
            installation.scene.clock.advance(by: InterruptedFlow.meanwhile)
            installation.heals()
        }
    }

    /// What befalls the file of a run that has delivered everything and ended. The starts after it go by the default of `since`, which is now:
    /// one that took what is there for nothing would lose what came into existence meanwhile.
    private static func afterDelivery(
        _ random: inout SplitMix, _ trouble: @escaping @Sendable (Installation) async throws -> Void
    ) async throws -> Outcome {
        try await Scene.with(try InterruptedFlow.organization(&random)) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, since: "now", to: ["collector": receiver])
                try await installation.run(["--since", "20m"]) { _ in try await installation.everythingArrives() }
                scene.clock.advance(by: InterruptedFlow.meanwhile)
                try await trouble(installation)
                try await installation.run { _ in try await installation.recovers() }
                return try installation.outcome()
            }
        }
    }
}
