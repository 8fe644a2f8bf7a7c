import AuditCore
import Foundation
import Simulator

/// A simulated organization that serves, and a directory for a program that reads it.
package struct Scene: Sendable {
    /// Distinct from everything else that a program may write.
    static let secret = "kept-to-ourselves-5d1f"
    /// How long the organization has been quiet when the scene begins, so that no audit lies in the second that is going on.
    private static let quiet = Duration.seconds(10)

    package let simulator: Simulator
    package let clock: OrganizationClock
    package let url: String
    package let directory: String

    /// The variables that point the program at the organization.
    package var environment: [String: String] { Scene.environment(url) }

    package static func environment(_ url: String) -> [String: String] {
        [
            "GENESYSCLOUD_API_URL": url, "GENESYSCLOUD_OAUTHCLIENT_ID": "simulator",
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": secret,
        ]
    }

    package var offsets: String { directory + "/offsets.db" }

    package func path(_ name: String) -> String { directory + "/" + name }

    /// Writes a file in the directory.
    /// - Returns: its path.
    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// The ids of a file of lines in the directory; none where there is no such file.
    package func ids(in name: String) throws -> [String] {
        guard let bytes = FileManager.default.contents(atPath: path(name)) else { return [] }
        return try FaultScenes.ids(inLines: String(decoding: bytes, as: UTF8.self))
    }

    /// The ids that an endpoint has shown by now.
    package var visible: Set<String> {
        let now = clock.now
        return Set(simulator.truth().filter { $0.realtime != nil || $0.asynchronous <= now }.map(\.id.description))
    }

    /// The ids that the realtime endpoint has shown by now.
    package var visibleByRealtime: Set<String> { visible.subtracting(asynchronousOnly) }

    /// Those of services that the realtime endpoint does not carry.
    package var asynchronousOnly: Set<String> {
        Set(simulator.truth().filter { $0.realtime == nil }.map(\.id.description))
    }

    /// Returns when the only output of an offset file that is in use keeps so many ids, or when the test has run out of time.
    package static func committed(_ count: Int, in offsets: String) async throws {
        var shown = 0
        while shown < count, !Task.isCancelled {
            let ended = try await Program.run(["offsets", "show", "--json", "--offsets", offsets])
            let report = try? JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
            shown = report?.outputs.first?.ids ?? 0
            // How often it is looked at; nothing depends on it.
            if shown < count { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    private struct Report: Decodable {
        struct Output: Decodable { let ids: Int }
        let outputs: [Output]
    }

    /// Runs `body` beside the organization that serves, and removes the directory afterwards.
    package static func with<Value: Sendable>(
        _ configuration: SimulatorConfiguration, _ body: @escaping @Sendable (Scene) async throws -> Value
    ) async throws -> Value {
        try await unserved(configuration) { scene in
            try await scene.served { try await body(scene) }
        }
    }

    /// Runs `body` with an organization whose port refuses connections except while `served` runs.
    package static func unserved<Value: Sendable>(
        _ configuration: SimulatorConfiguration, _ body: @escaping @Sendable (Scene) async throws -> Value
    ) async throws -> Value {
        let clock = OrganizationClock()
        var configuration = configuration
        configuration.now = { clock.now }
        let port = configuration.port == 0 ? try ReservedPort() : nil
        if let port { configuration.port = port.number }
        let simulator = try Simulator(configuration)
        clock.advance(by: quiet)
        let url = "http://127.0.0.1:\(configuration.port)"
        defer { withExtendedLifetime(port) {} }
        return try await withDirectory { directory in
            try await body(Scene(simulator: simulator, clock: clock, url: url, directory: directory))
        }
    }

    /// Runs `body` while the organization serves.
    package func served<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        // It may have served before, at the same port.
        Program.spawned()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                defer { start.finish() }
                try await simulator.run { _ in start.yield() }
                return nil
            }
            for await _ in starts { return try await body() }
            try await group.waitForAll()
            throw CancellationError()
        }
    }

    /// Runs `body` with an empty directory, and removes it afterwards.
    package static func withDirectory<Value: Sendable>(_ body: @Sendable (String) async throws -> Value) async throws -> Value {
        let directory = NSTemporaryDirectory() + "auditferry-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try await body(directory)
    }

    /// An organization with so many audits in the last ten minutes, for a program that may ask as often as it likes.
    package static func organization(events: Int, seed: UInt64 = 1, faults: String = "") throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        configuration.history = .seconds(600)
        configuration.historyEvents = events
        configuration.clientSecret = Secret(secret)
        configuration.requestsPerMinute = 1_000_000
        configuration.faults = try FaultPlan(names: faults)
        return configuration
    }
}

/// The ids in lines of JSON.
package func ids(inLines text: String) throws -> [String] {
    return try text.split(separator: "\n").compactMap { try JSONDecoder().decode(Line.self, from: Data($0.utf8)).id }
}

private struct Line: Decodable { let id: String? }
