/// What was delivered cannot be committed.
extension HealthFault {
    package static let offsets = [
        HealthFault("offsets-full", "the disk of the offset file is full", .notReady, unless: Disk.obstacle) { fault in
            try await organized { scene in
                try await Disk.inMemory(at: scene.path("disk"), mebibytes: 8) { disk in try await full(fault, scene, disk) }
            }
        },
        HealthFault(
            "offsets-frozen", "the disk of the offset file does not answer", .standstill, unless: Disk.freezingObstacle
        ) { fault in
            try await organized { scene in
                try await Disk.inFile(at: scene.path("disk")) { disk in try await frozen(fault, scene, disk) }
            }
        },
    ]

    private static func full(_ fault: HealthFault, _ scene: Scene, _ disk: Disk) async throws -> HealthOutcome {
        try await HealthBench.with(scene, outputs: file(scene), offsets: disk.offsets) { bench in
            try disk.fill()
            return try await bench.observe(fault)
        }
    }

    private static func frozen(_ fault: HealthFault, _ scene: Scene, _ disk: Disk) async throws -> HealthOutcome {
        try await HealthBench.with(scene, outputs: file(scene), offsets: disk.offsets) { bench in
            try await disk.whileFrozen { try await bench.observe(fault) }
        }
    }
}
