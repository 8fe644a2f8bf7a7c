import Foundation

/// An output takes nothing, or answers nothing.
extension HealthFault {
    package static let outputs = [
        HealthFault("stdout-unread", "nobody reads the pipe that stdout is", .standstill) { fault in
            try await organized { scene in try await unread(fault, scene) }
        },
        HealthFault("file-frozen", "the disk of an output file does not answer", .standstill, unless: Disk.freezingObstacle) {
            fault in
            try await organized { scene in
                try await Disk.inFile(at: scene.path("disk")) { disk in try await frozen(fault, scene, disk) }
            }
        },
        HealthFault("file-full", "the disk of an output file is full", .notReady, unless: Disk.obstacle) { fault in
            try await organized { scene in
                try await Disk.inMemory(at: scene.path("disk"), mebibytes: 8) { disk in try await full(fault, scene, disk) }
            }
        },
        HealthFault("collector-down", "a TCP collector refuses connections", .notReady) { fault in
            try await organized { scene in try await down(fault, scene) }
        },
        HealthFault("collector-stalled", "a TCP collector reads nothing, with `acknowledgement: close`", .silence) {
            fault in
            try await organized { scene in try await stalled(fault, scene) }
        },
        HealthFault("relp-silent", "a RELP receiver takes the connection and answers nothing", .notReady) { fault in
            try await organized { scene in try await answerless(fault, scene) }
        },
    ]

    private static func unread(_ fault: HealthFault, _ scene: Scene) async throws -> HealthOutcome {
        let pipe = scene.path("pipe")
        guard mkfifo(pipe, 0o600) == 0 else { throw SceneFailure("no pipe can be made at '\(pipe)'") }
        // More has been read than a pipe holds.
        let script = "exec 3<>'\(pipe)'; exec \"$0\" \"$@\" >&3"
        return try await HealthBench.with(scene, outputs: "{type: stdout}", script: script) { bench in
            try await bench.observe(fault)
        }
    }

    private static func frozen(_ fault: HealthFault, _ scene: Scene, _ disk: Disk) async throws -> HealthOutcome {
        let output = "{type: file, path: \(disk.path)/audits.ndjson}"
        return try await HealthBench.with(scene, outputs: output) { bench in
            try await disk.whileFrozen { try await bench.observe(fault) }
        }
    }

    private static func full(_ fault: HealthFault, _ scene: Scene, _ disk: Disk) async throws -> HealthOutcome {
        try await HealthBench.with(scene, outputs: "{type: file, path: \(disk.path)/audits.ndjson}") { bench in
            try disk.fill()
            return try await bench.observe(fault)
        }
    }

    private static func down(_ fault: HealthFault, _ scene: Scene) async throws -> HealthOutcome {
        let receiver = try await LineReceiver()
        let way = try await FaultProxy(to: receiver.port)
        let output = "{type: tcp, address: '127.0.0.1:\(way.port)', acknowledgement: close}"
        return try await HealthBench.with(scene, outputs: output) { bench in
            try await way.close()
            try await receiver.close()
            return try await bench.observe(fault)
        }
    }

    private static func answerless(_ fault: HealthFault, _ scene: Scene) async throws -> HealthOutcome {
        try await LineReceiver.with { receiver in
            let output = "{type: relp, address: '127.0.0.1:\(receiver.port)'}"
            return try await HealthBench.with(scene, outputs: output) { bench in try await bench.observe(fault) }
        }
    }

    private static func stalled(_ fault: HealthFault, _ scene: Scene) async throws -> HealthOutcome {
        // The kernel takes the connections, and nobody does what follows.
        let port = try ReservedPort()
        let socket = try port.duplicate()
        defer { close(socket) }
        guard listen(socket, 64) == 0 else { throw SceneFailure("nobody can listen at port \(port.number)") }
        let output = "{type: tcp, address: '127.0.0.1:\(port.number)', acknowledgement: close}"
        return try await HealthBench.with(scene, outputs: output) { bench in try await bench.observe(fault) }
    }
}
