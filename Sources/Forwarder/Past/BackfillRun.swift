import AuditAPI
import AuditCore
import AuditReader
import Engine
import Logging
import OffsetStore
import Outputs

/// `backfill`: asks the asynchronous endpoint for a past interval, and delivers it to one output, each audit at least once.
///
/// Its progress stands in an offset file of its own: another backfill of the same interval to the same output goes on there, and the file
/// goes when everything is delivered. Memory is bounded, however many audits there are.
public struct BackfillRun: Sendable {
    public enum Ending: Sendable, Equatable {
        case complete
        /// By a signal, or since the reader of standard output has gone.
        case stopped
    }

    private let interval: Interval
    private let service: String?
    private let configuration: ForwarderConfiguration
    private let definition: OutputDefinition
    private let offsetsPath: String
    private let transport: any HTTPTransport
    private let clock: any EngineClock
    private let logger: Logger
    private let makeOutput: @Sendable () -> any Output
    /// Where it stands.
    public let board = PastBoard()

    /// - Parameters:
    ///   - interval: half-open; widened to whole seconds, since downloaded results have no finer times.
    ///   - service: `nil` for the services of the configuration.
    ///   - offsetsPath: where the progress is kept.
    ///   - transport: carries the requests; it stays the caller's to shut down.
    ///   - makeOutput: instead of the definition's own.
    public init(
        _ interval: Interval, service: String?, to definition: OutputDefinition, of configuration: ForwarderConfiguration,
        offsetsPath: String, transport: any HTTPTransport, clock: any EngineClock = MonotonicClock(), logger: Logger,
        makeOutput: (@Sendable () -> any Output)? = nil
    ) {
        self.interval = interval.onWholeSeconds
        self.service = service
        self.definition = definition
        self.configuration = configuration
        self.offsetsPath = offsetsPath
        self.transport = transport
        self.clock = clock
        self.logger = logger
        self.makeOutput = makeOutput ?? { definition.makeOutput(logger: logger) }
    }

    /// Where the progress of such a backfill is kept that nobody named: beside the offset file.
    public static func offsetsPath(_ interval: Interval, to output: String, besides offsetsPath: String) -> String {
        func compact(_ instant: Instant) -> String { instant.text.filter { $0 != "-" && $0 != ":" } }
        let interval = interval.onWholeSeconds
        let directory = DeadLetterName.directory(of: offsetsPath)
        return "\(directory)backfill-\(output)-\(compact(interval.start))-\(compact(interval.end)).db"
    }

    /// Delivers everything, or until `signals` says to stop: then what was read is delivered, within the configuration's shutdown timeout.
    ///
    /// - Throws: `Failure`: `usage` for an interval that is not over, `data` for one that is older than the API reaches and for a service that
    ///   it does not know, `locked` while another one does the same, `unreachable` where it gave up trying; `CancellationError`.
    public func run(signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws -> Ending {
        var settings = ReaderSettings(configuration.genesys)
        settings.readsRealtime = false
        settings.readsAsynchronous = true
        if let service { settings.services = [service] }
        let session = APISession(configuration.genesys, settings, transport: transport, clock: clock, logger: logger)
        let realtime = try await session.connect()
        let (now, defaults) = (try session.serverNow(), TailSettings(output: ""))
        try interval.checkPast(at: now, retention: defaults.asynchronousRetention)
        if interval.end > now - defaults.asynchronousLag {
            logger.warning(
                "the end is close: the asynchronous endpoint may show audits later than this reads them",
                metadata: ["end": "\(interval.end)", "safe_before": "\((now - defaults.asynchronousLag).wholeSecond)"])
        }
        if let service, !realtime.serviceNames.contains(service) {
            let mapping = try await session.call { try await session.client.serviceMapping() }
            try APISession.check(service, in: mapping, endpoint: "asynchronous")
        }
        let store = try OffsetStore(path: offsetsPath)
        do {
            let ending = try await deliver(session, store, signals)
            if ending == .complete { await store.closeAndRemove() } else { await store.close() }
            return ending == .complete ? .complete : .stopped
        } catch {
            await store.close()
            throw error
        }
    }

    private func deliver(
        _ session: APISession, _ store: OffsetStore, _ signals: some AsyncSequence<RunSignal, Never> & Sendable
    ) async throws -> PastReading.Ending {
        let letters = DeadLetterFile(
            path: definition.deadLetters(besides: configuration.offsetsPath), output: definition.name, logger: logger
        ) { .localNow }
        let output = makeOutput()
        let reading = PastReading(
            interval: interval, session: session, shutdownTimeout: configuration.shutdownTimeout, board: board)
        let result: Result<PastReading.Ending, any Error>
        do {
            result = .success(
                try await reading.run(
                    into: .init(definition: definition, output: output, deadLetters: letters), store,
                    as: "\(definition.name) \(interval)", until: signals, goOn: { goOn }))
        } catch {
            result = .failure(error)
        }
        await output.close()
        await letters.close()
        return try result.get()
    }

    private var goOn: String {
        board.current.coveredUntil.map { "; everything before \($0) was delivered" } ?? ""
    }
}

extension Interval {
    /// The whole seconds around it.
    var onWholeSeconds: Interval { Interval(start.wholeSecond, (end + .milliseconds(999)).wholeSecond) }

    /// - Throws: `Failure`, where it is not over at `now`, or no endpoint reaches back to any of it.
    func checkPast(at now: Instant, retention: Duration) throws(Failure) {
        guard end <= now else {
            throw Failure(
                .usage, "the interval ends at '\(end)', which is in the future: the server's time is '\(now.wholeSecond)'",
                hint: "give --to an instant of the past; 'auditferry run' delivers what is to come")
        }
        guard end > now - retention else {
            throw Failure(.data, "--to: '\(end)' is further back than the API reaches", hint: "give a later instant")
        }
    }
}
