import AuditCore
import OffsetStore

/// `offsets rewind`: makes an output read and deliver again from an instant on.
public struct OffsetRewind: Sendable {
    public let path: String
    public let output: String
    public let instant: Instant

    public init(path: String, output: String, to instant: Instant) {
        self.path = path
        self.output = output
        self.instant = instant
    }

    /// - Returns: where the output stands afterwards.
    /// - Throws: `Failure`: `offsets` where there is no such file, `locked` while an instance runs, `data` for an output that never
    ///   began, `usage` where the output has not come as far as the instant.
    public func run() async throws(Failure) -> OffsetReport.Output {
        let before = try await OffsetReport.load(path: path)
        if let known = before.outputs.first(where: { $0.name == output }), let frontier = known.furthest, instant >= frontier {
            throw Failure(
                .usage, "--to: '\(instant)' is not before '\(frontier)', up to which output \(Quoted.value(output)) has come",
                hint: "give an earlier instant; a rewind cannot skip anything")
        }
        try await rewind()
        let after = try await OffsetReport.load(path: path)
        guard let output = after.outputs.first(where: { $0.name == output }) else {
            throw Failure(
                .offsets, "offset file '\(path)' has lost output \(Quoted.value(output))", hint: "restore it from a copy")
        }
        return output
    }

    private func rewind() async throws(Failure) {
        let store = try OffsetStore(path: path)
        var problem: (any Error)?
        do {
            try await store.rewind(output, to: instant)
        } catch {
            problem = error
        }
        await store.close()
        if let problem { throw OffsetFile.failure(problem, path, "written") }
    }
}

extension OffsetReport.Output {
    /// The furthest that any of its lanes has come; where it began, while there is none.
    public var furthest: Instant? { lanes.map(\.frontier).max() ?? began }
}
