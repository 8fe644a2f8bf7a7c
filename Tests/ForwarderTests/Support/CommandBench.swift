import AuditAPI
import AuditCore
import Engine
import FoundationEssentials
import NIOConcurrencyHelpers
import Simulator
import Testing

@testable import Forwarder

/// A clock whose sleeps are over at once, after which it is later.
final class SkippingClock: EngineClock {
    private let time = NIOLockedValueBox(Duration.zero)

    func now() -> Duration { time.withLockedValue { $0 } }

    func sleep(until deadline: Duration) async throws {
        try Task.checkCancellation()
        time.withLockedValue { $0 = max($0, deadline) }
        await Task.yield()
    }
}

/// The lines that a command printed.
final class PrintedLines: Sendable {
    struct Line: Decodable {
        let id: String?
        let eventDate: String?
        let eventTime: String?
        let serviceName: String?
        let entityType: String?

        var instant: Instant? { (eventDate ?? eventTime).flatMap { Instant($0) } }
    }

    private let raw = NIOLockedValueBox<[[UInt8]]>([])

    var printer: AuditPrinter { stopping(after: .max) }

    /// Whose reader goes away after so many lines.
    func stopping(after most: Int) -> AuditPrinter {
        AuditPrinter { line in
            let count = self.raw.withLockedValue { lines in
                if lines.count < most { lines.append(line) }
                return lines.count
            }
            if count >= most { throw ReaderGone() }
        }
    }

    var count: Int { raw.withLockedValue { $0.count } }

    func lines() throws -> [Line] {
        try raw.withLockedValue { $0 }.map { try JSONDecoder().decode(Line.self, from: Data($0)) }
    }

    func ids() throws -> [AuditID] { try lines().compactMap { $0.id.map { AuditID($0) } } }
}

/// A simulated organization that a command talks to over HTTP. Its time stands still.
struct CommandBench: Sendable {
    static let now = Instant(seconds: 1_772_439_300)

    let simulator: Simulator
    let transport: any HTTPTransport
    let port: Int
    let clock = SkippingClock()
    let printed = PrintedLines()

    /// Calls `body` while the organization serves.
    static func run(
        faults: String = "", _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (CommandBench) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.seed = 11
        configuration.history = .seconds(3 * 3600)
        configuration.historyEvents = 1500
        configuration.requestsPerMinute = 1_000_000
        configuration.asynchronousDelay = .zero
        configuration.now = { CommandBench.now }
        configuration.faults = try FaultPlan(names: faults)
        change(&configuration)
        let simulator = try Simulator(configuration)
        let transport = AsyncHTTPTransport()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await simulator.run { port.yield($0) } }
                group.addTask {
                    for await number in ports {
                        return try await body(CommandBench(simulator: simulator, transport: transport, port: number))
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await transport.shutdown()
        try result.get()
    }

    func genesys(
        secret: String = "simulator", change: (inout AuditSelection) -> Void = { _ in }
    ) throws -> GenesysSettings {
        var selection = AuditSelection()
        change(&selection)
        let environment = [
            "HOME": "/nowhere", "GENESYSCLOUD_API_URL": "http://127.0.0.1:\(port)", "GENESYSCLOUD_OAUTHCLIENT_ID": "simulator",
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": secret,
        ]
        var settings = try ForwarderConfiguration.load(environment: environment, files: MemoryFiles()).configuration.genesys
        settings.selection = selection
        return settings
    }

    /// The ids that are true of an interval, sorted by their text.
    func truth(
        in interval: Interval = Interval(.distantPast, .distantFuture), where isWanted: (TruthEntry) -> Bool = { _ in true }
    ) -> [String] {
        simulator.truth().filter { interval.contains($0.eventDate) && isWanted($0) }.map(\.id.description).sorted()
    }
}

extension Failure {
    /// The failure that `work` ends in.
    static func of(_ work: () async throws -> Void) async -> Failure? {
        do {
            try await work()
            return nil
        } catch {
            return error as? Failure
        }
    }
}
