import AuditCore
import Foundation
import OffsetStore

/// What its offset file says, and what operators do with it.
extension Installation {
    /// Returns when everything that is visible by now is committed for the only output, or when the task is cancelled.
    func everythingIsCommitted() async throws { try await Scene.committed(due.count, in: offsets) }

    /// Returns when an asynchronous query of an output is under way, or when the task is cancelled.
    func hasQuery(of output: String) async throws {
        while !Task.isCancelled {
            let store = try OffsetStore(path: offsets, access: .readOnly)
            let ledger = try await store.ledger(of: output)
            await store.close()
            if ledger?.queries.isEmpty == false { return }
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Runs up to now, if the offset file is not refused with the hint to move it aside.
    func isRefusedAsDamaged() async throws -> Bool {
        let ended = try await runOnce(expecting: [0, 74])
        guard ended.status == 74 else { return false }
        try demand(ended.errors.contains("is damaged") && ended.errors.contains("move it aside"), ended.errors)
        return true
    }

    /// As the hint says that comes with a damaged one.
    func moveOffsetsAside() throws {
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: offsets + suffix) {
            try FileManager.default.moveItem(atPath: offsets + suffix, toPath: offsets + ".aside" + suffix)
        }
    }

    /// Runs up to now; then no gap is left.
    func demandNoGaps() async throws {
        try await runOnce()
        let gaps = try await Program.run(["offsets", "gaps", "--offsets", offsets])
        try demand(gaps.status == 0, "'offsets gaps' ended with \(gaps.status): \(gaps.output)\(gaps.errors)")
        try demand(gaps.output.isEmpty, "gaps are left: \(gaps.output)")
    }

    /// One stretch without a gap, from where it was to begin up to the organization's now, but for what a busy machine takes; a clock that was
    /// believed is off by 90 seconds and more.
    func demandCoverage(since begin: Instant) async throws {
        let store = try OffsetStore(path: offsets, access: .readOnly)
        let outputs = try await store.outputs()
        for output in outputs {
            guard let ledger = try await store.ledger(of: output) else { continue }
            for (lane, coverage) in ledger.lanes {
                let stretches = coverage.intervals
                try demand(stretches.count == 1 && ledger.gaps(of: lane).isEmpty, "\(lane) has gaps: \(stretches)")
                let (start, end) = (stretches[0].start, stretches[0].end)
                try demand(abs((start - begin).inSeconds) < 60, "\(lane) is covered from \(start) on, not \(begin)")
                try demand(end <= scene.clock.now && scene.clock.now - end < .seconds(60), "\(lane) is covered up to \(end)")
            }
        }
        await store.close()
    }
}
