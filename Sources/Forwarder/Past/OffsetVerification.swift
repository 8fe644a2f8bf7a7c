import AuditAPI
import AuditCore
import AuditReader
import Engine
import Logging
import OffsetStore
import Outputs

/// `offsets verify`: reads an interval once more, and tells which of its audits the offset file lacks. Works beside a running instance, and
/// changes nothing.
public struct OffsetVerification: Sendable {
    private let interval: Interval
    private let outputs: [String]
    private let configuration: ForwarderConfiguration
    private let workPath: String
    private let transport: any HTTPTransport
    private let clock: any EngineClock
    private let logger: Logger
    /// Where it stands.
    public let board = PastBoard()

    /// - Parameters:
    ///   - interval: half-open; widened to whole seconds.
    ///   - outputs: empty for all that the offset file has.
    ///   - workPath: where its own progress is kept; the caller's to remove.
    ///   - transport: carries the requests; it stays the caller's to shut down.
    public init(
        _ interval: Interval, outputs: [String], of configuration: ForwarderConfiguration, workPath: String,
        transport: any HTTPTransport, clock: any EngineClock = MonotonicClock(), logger: Logger
    ) {
        self.interval = interval.onWholeSeconds
        self.outputs = outputs
        self.configuration = configuration
        self.workPath = workPath
        self.transport = transport
        self.clock = clock
        self.logger = logger
    }

    /// Reads by the asynchronous endpoint, which shows everything; where a run does not read that, by realtime.
    ///
    /// - Returns: `nil` where it was stopped by a signal.
    /// - Throws: `Failure`: `offsets` where there is no such file, `data` for an output that is not in it and for an interval that is older than
    ///   the API reaches, `usage` for one that is not over, `unreachable` where it gave up trying; `CancellationError`.
    public func run(signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws -> VerificationReport? {
        let ledgers = try OffsetStore(path: configuration.offsetsPath, access: .readOnly)
        let result: Result<VerificationReport?, any Error>
        do {
            result = .success(try await run(ledgers, signals))
        } catch {
            result = .failure(error)
        }
        await ledgers.close()
        return try result.get()
    }

    private func run(
        _ ledgers: OffsetStore, _ signals: some AsyncSequence<RunSignal, Never> & Sendable
    ) async throws -> VerificationReport? {
        let names = try await names(in: ledgers)
        var settings = ReaderSettings(configuration.genesys, configuration.tail)
        settings.readsRealtime = !settings.readsAsynchronous
        let session = APISession(configuration.genesys, settings, transport: transport, clock: clock, logger: logger)
        _ = try await session.connect()
        let defaults = TailSettings(output: "")
        try interval.checkPast(
            at: try session.serverNow(),
            retention: settings.readsAsynchronous ? defaults.asynchronousRetention : defaults.realtimeRetention)
        let comparison = LedgerComparison(of: names, in: ledgers, lanes: try await session.lanes())
        let reading = PastReading(
            interval: interval, session: session, shutdownTimeout: configuration.shutdownTimeout, board: board)
        let definition = OutputDefinition(name: "verification", kind: .stdout)
        let work = try OffsetStore(path: workPath)
        let ending: Result<PastReading.Ending, any Error>
        do {
            ending = .success(
                try await reading.run(
                    into: .init(definition: definition, output: comparison, deadLetters: comparison), work,
                    as: definition.name, until: signals))
        } catch {
            ending = .failure(error)
        }
        await work.close()
        guard try ending.get() == .complete else { return nil }
        try await comparison.compareAgain()
        return VerificationReport(interval: interval, outputs: comparison.result)
    }

    private func names(in ledgers: OffsetStore) async throws -> [String] {
        let known = try await ledgers.outputs()
        guard let unknown = outputs.first(where: { !known.contains($0) }) else { return outputs.isEmpty ? known : outputs }
        throw Failure(
            .data,
            "output \(Quoted.value(unknown)) is not in the offset file '\(configuration.offsetsPath)'"
                + NearestName.question(unknown, among: known), hint: "'auditferry offsets show' names the outputs")
    }
}
