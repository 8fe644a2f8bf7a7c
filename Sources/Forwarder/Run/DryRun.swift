import AuditAPI
import AuditCore
import AuditReader
import Engine
import Logging
import OffsetStore
import Outputs

/// What a run would do now: nothing is delivered and nothing is written, and the offset file need not exist.
public struct DryRun: Sendable {
    private let configuration: ForwarderConfiguration
    private let logger: Logger
    private let transport: any HTTPTransport

    public init(configuration: ForwarderConfiguration, logger: Logger, transport: any HTTPTransport) {
        self.configuration = configuration
        self.logger = logger
        self.transport = transport
    }

    /// The plan, as lines for people. Asks the API for a token, the time, and which lanes there are.
    /// - Throws: `Failure`.
    public func lines() async throws -> [String] {
        let genesys = configuration.genesys
        let reader = AuditReader(
            endpoints: genesys.endpoints, credentials: genesys.credentials, settings: ReaderSettings(genesys, configuration.tail),
            transport: transport)
        try await Connecting(genesys: genesys, reader: reader, clock: MonotonicClock(), logger: logger).run(waits: false)
        let now = reader.serverNow() ?? .localNow
        let lanes: [Lane]
        do {
            lanes = try await reader.lanes()
        } catch {
            if case .refused = error {
                throw Failure(
                    .refused, "client '\(genesys.credentials.clientID)' may not read audits: \(error.reason)",
                    hint: "give the OAuth client a role with the permission 'audits:audit:view'")
            }
            throw Failure(.unreachable, "the lanes cannot be found out: \(error.reason)", hint: "try again")
        }
        var lines = [
            "api \(genesys.endpoints.api), server time \(now.wholeSecond)",
            "lanes \(lanes.map(\.description).joined(separator: ", "))",
        ]
        for definition in configuration.outputs { lines += try await plan(definition, lanes, now) }
        return lines
    }

    private func plan(_ definition: OutputDefinition, _ lanes: [Lane], _ now: Instant) async throws -> [String] {
        let known = try await ledger(of: definition.name)
        var ledger = known ?? Ledger(start: configuration.tail.since.instant(at: now))
        _ = ledger.adopt(lanes)
        var lines = [
            "output \(definition.name): \(definition.destination), format \(definition.format.rawValue), "
                + "guarantee \(definition.guarantee.rawValue), \(known == nil ? "begins" : "goes on") at "
                + "\((lanes.map { ledger.frontier(of: $0) }.min() ?? ledger.start).wholeSecond)"
        ]
        for lane in lanes {
            let frontier = ledger.frontier(of: lane)
            for gap in ledger.gaps(of: lane) { lines.append("  lane \(lane): fill the gap \(gap)") }
            if frontier < now { lines.append("  lane \(lane): read \(Interval(frontier, now))") }
        }
        return lines
    }

    private func ledger(of output: String) async throws -> Ledger? {
        guard OffsetStore.exists(configuration.offsetsPath) else { return nil }
        let store = try OffsetStore(path: configuration.offsetsPath, access: .readOnly)
        let ledger = try await store.ledger(of: output)
        await store.close()
        return ledger
    }
}
