import AuditCore
import FaultScenes
import Foundation
import Testing

/// Offset files as runs left them, beside what those had delivered, and more audits that have happened since; copies of them are damaged and
/// started with.
struct OffsetDamage: Sendable {
    /// How the last run came to its end.
    enum State: String, Sendable {
        /// By itself: everything is in the one file.
        case closed
        /// Killed, in a file that was closed before: the rest is in the write-ahead log.
        case killed
        /// Killed, in a file that never was closed: everything is in the write-ahead log.
        case young
    }

    private let scene: Scene
    private let wanted: Set<String>

    init(_ scene: Scene) async throws {
        self.scene = scene
        _ = try scene.write(
            """
            tail: {sweep: off, reconcile: off, poll_interval: 1s, overlap: 30s}
            outputs: {audits: {type: file, path: audits.ndjson}}
            """, to: "auditferry.yaml")
        for state in [State.closed, .young] {
            try FileManager.default.createDirectory(atPath: scene.path(state.rawValue), withIntermediateDirectories: true)
        }
        let ended = try await Program.run(
            OffsetDamage.arguments + ["--once", "--since", "20m"], environment: scene.environment,
            directory: scene.path(State.closed.rawValue))
        try #require(ended.status == 0, "\(ended.errors)")
        try FileManager.default.copyItem(atPath: scene.path("closed"), toPath: scene.path("killed"))
        scene.clock.advance(by: .seconds(120))
        for (state, since) in [(State.killed, []), (.young, ["--since", "20m"])] {
            let shown = scene.visibleByRealtime.count
            try await Program.with(
                OffsetDamage.arguments + since, environment: scene.environment, directory: scene.path(state.rawValue)
            ) { program in
                try await program.errorLines(containing: "output begins")
                try await Scene.committed(shown, in: scene.path(state.rawValue) + "/offsets.db")
            }
        }
        scene.clock.advance(by: .seconds(120))
        wanted = scene.visibleByRealtime
        scene.clock.advance(by: .seconds(10))
    }

    private static let arguments = ["run", "--config", "../auditferry.yaml", "--offsets", "offsets.db"]

    func size(of name: String, in state: State) throws -> Int { try bytes(of: name, in: state).count }

    private func bytes(of name: String, in state: State) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: scene.path(state.rawValue) + "/" + name))
    }

    /// Some numbers that are the same in every run.
    func random(_ count: Int, below bound: Int) -> [Int] {
        var source = SplitMix(seed: 7)
        return (0..<count).map { _ in Int.random(in: 0..<bound, using: &source) }
    }

    /// Damages a copy, starts with it, and expects that it is refused as damaged, or that nothing is missing afterwards.
    func expectNoLoss(_ what: String, in state: State, _ damage: (DamagedFiles) throws -> Void) async throws {
        let copy = DamagedFiles(directory: scene.path("copy"))
        try? FileManager.default.removeItem(atPath: copy.directory)
        try FileManager.default.copyItem(atPath: scene.path(state.rawValue), toPath: copy.directory)
        try damage(copy)
        let ended = try await Program.run(
            OffsetDamage.arguments + ["--once"], environment: scene.environment, directory: copy.directory)
        if ended.status == 74 {
            #expect(ended.errors.contains("auditferry: error: offset file 'offsets.db' "), "\(what): \(ended.errors)")
            #expect(ended.errors.contains("auditferry: hint: "), "\(what): \(ended.errors)")
            return
        }
        #expect(ended.status == 0, "\(what): \(ended.errors)")
        let missing = wanted.subtracting(try scene.ids(in: "copy/audits.ndjson"))
        #expect(missing.isEmpty, "\(what): \(missing.count) audits are lost")
    }

    /// Where the file holds the time up to which the output was followed, and a bit that makes it two minutes later or more.
    func placesOfFrontier(in name: String) async throws -> [(position: Int, bit: Int)] {
        let shown = try await Program.run(["offsets", "show", "--json", "--offsets", scene.path("closed/offsets.db")])
        let text = try #require(shown.output.split(separator: "\"frontier\":\"").last?.prefix { $0 != "\"" })
        let frontier = try #require(Instant(String(text))).milliseconds
        let encoded = (0..<6).map { UInt8(truncatingIfNeeded: frontier >> (40 - 8 * $0)) }
        let bit = try #require((17...23).first { frontier & (1 << $0) == 0 })
        return try positions(of: encoded, in: name).map { ($0 + 5 - bit / 8, bit % 8) }
    }

    func positions(of text: String, in name: String) throws -> [Int] { try positions(of: Array(text.utf8), in: name) }

    /// An id that was delivered last, and one that was not yet, as the file holds them.
    func ids() throws -> (had: [UInt8], toCome: [UInt8]) {
        let delivered = try scene.ids(in: "closed/audits.ndjson")
        func bytes(_ id: String?) throws -> [UInt8] {
            let digits = Array(try #require(id).utf8.filter { $0 != UInt8(ascii: "-") })
            return try stride(from: 0, to: digits.count, by: 2).map {
                try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
            }
        }
        return (try bytes(delivered.last), try bytes(wanted.subtracting(delivered).min()))
    }

    func positions(of pattern: [UInt8], in name: String) throws -> [Int] {
        let bytes = try bytes(of: name, in: .closed)
        var found: [Int] = []
        var rest = bytes[...]
        while let range = rest.range(of: Data(pattern)) {
            found.append(range.lowerBound)
            rest = bytes[range.upperBound...]
        }
        return found
    }
}
