import AuditAPI
import AuditCore
import AuditReader
import Engine
import Logging
import NIOConcurrencyHelpers
import OffsetStore
import Outputs

/// A run: one reader, one offset file, and a tail for every output.
public struct Forwarder: Sendable {
    /// When a run is over by itself.
    public enum Extent: Sendable, Equatable {
        /// Never, or at the configuration's `until`.
        case following
        /// When everything up to the start of the run is delivered.
        case once
    }

    private let configuration: ForwarderConfiguration
    private let extent: Extent
    private let logger: Logger
    private let transport: any HTTPTransport
    private let decorate: @Sendable (any Output) -> any Output
    private let clock = MonotonicClock()
    /// Where the tails stand.
    public let board = StatusBoard()

    /// - Parameters:
    ///   - transport: carries the requests; it stays the caller's to shut down.
    ///   - decorate: put around every output.
    public init(
        configuration: ForwarderConfiguration, extent: Extent, logger: Logger, transport: any HTTPTransport,
        decorate: @escaping @Sendable (any Output) -> any Output = { $0 }
    ) {
        self.configuration = configuration
        self.extent = extent
        self.logger = logger
        self.transport = transport
        self.decorate = decorate
    }

    /// Runs until the extent is reached, or until `signals` says to stop: then what was read is delivered and committed, within
    /// the configuration's shutdown timeout.
    ///
    /// - Throws: `Failure`. The offset file is closed in any case.
    public func run(signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws {
        let store = try OffsetStore(path: configuration.offsetsPath)
        do {
            try await run(store, signals)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private func run(_ store: OffsetStore, _ signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws {
        let tails = Tails(logger: logger, board: board)
        try await withThrowingTaskGroup(of: Progress.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await start(store, tails)
                return .finished
            }
            group.addTask {
                for await signal in signals { if await tails.take(signal) { return .stopping } }
                return .deaf
            }
            while let progress = try await group.next() {
                switch progress {
                case .finished: return
                case .deaf: continue
                case .stopping:
                    guard tails.stop() else { return }
                    logger.info("stopping: delivering what was read")
                    group.addTask {
                        try? await clock.sleep(until: clock.now() + configuration.shutdownTimeout)
                        return .timedOut
                    }
                case .timedOut:
                    logger.warning("stopped before everything that was read was delivered; it will be read again")
                    return
                }
            }
        }
    }

    private enum Progress: Sendable {
        case finished, stopping, timedOut
        /// No signal can come any more.
        case deaf
    }

    private func start(_ store: OffsetStore, _ tails: Tails) async throws {
        let genesys = configuration.genesys
        let reader = AuditReader(
            endpoints: genesys.endpoints, credentials: genesys.credentials, settings: ReaderSettings(genesys),
            transport: transport, clock: clock)
        try await Connecting(genesys: genesys, reader: reader, clock: clock, logger: logger).run(waits: extent == .following)
        guard let now = reader.serverNow() else {
            throw Failure(
                .failed, "API '\(genesys.endpoints.api)' does not say what time it is",
                hint: "a proxy may remove the 'Date' header: the windows are made from it")
        }
        var runs: [@Sendable () async throws -> Void] = []
        for definition in configuration.outputs {
            let ledger = try await begin(definition.name, store, now)
            let output = decorate(definition.makeOutput(logger: logger))
            logger.info(
                "output begins",
                metadata: [
                    "output": "\(definition.name)", "to": "\(definition.destination)",
                    "guarantee": "\(output.guarantee.rawValue)",
                    "from": "\(ledger.lanes.keys.map { ledger.frontier(of: $0) }.min() ?? ledger.start)",
                ])
            let letters = deadLetters(definition)
            let tail = TailRunner(
                settings: tailSettings(definition, now), source: reader, store: store, output: output, deadLetters: letters,
                clock: clock, observer: TailLog(logger: logger, board: board))
            tails.add(tail, output)
            runs.append {
                defer { logger.debug("output ended", metadata: ["output": "\(definition.name)"]) }
                do {
                    try await tail.run(from: ledger)
                } catch let refusal as Refusal {
                    throw Failure(
                        .failed, "output '\(definition.name)' has ended: \(refusal.reason)",
                        hint: "run again: delivery goes on after the last commit")
                }
                await output.close()
                await letters.close()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for run in runs { group.addTask { try await run() } }
            try await group.waitForAll()
        }
    }

    private func begin(_ output: String, _ store: OffsetStore, _ now: Instant) async throws -> Ledger {
        do {
            if let ledger = try await store.ledger(of: output) { return ledger }
            var change = LedgerChange(output: output)
            change.start = configuration.tail.since.instant(at: now)
            try await store.commit(change)
            return Ledger(start: change.start ?? now)
        } catch {
            throw Failure(
                .offsets, "offset file '\(configuration.offsetsPath)' cannot be used: \(error)",
                hint: "check its disk and its permissions, or name another file with --offsets")
        }
    }

    private func deadLetters(_ definition: OutputDefinition) -> DeadLetterFile {
        let directory = configuration.offsetsPath.lastIndex(of: "/").map { configuration.offsetsPath[...$0] } ?? ""
        let path = definition.deadLetterPath ?? directory + "\(definition.name).rejected.ndjson"
        return DeadLetterFile(path: path, output: definition.name, logger: logger) { .localNow }
    }

    private func tailSettings(_ definition: OutputDefinition, _ now: Instant) -> Engine.TailSettings {
        var settings = Engine.TailSettings(output: definition.name)
        settings.pollInterval = configuration.tail.pollInterval
        settings.overlap = configuration.tail.overlap
        settings.batchEvents = definition.batch.events
        settings.batchBytes = definition.batch.bytes
        settings.outputRetry = (definition.retry.first, definition.retry.most)
        settings.seed = UInt64(bitPattern: now.milliseconds)
        if let until = configuration.tail.until {
            let end = (until + .milliseconds(999)).wholeSecond
            settings.end = .init(readUntil: end, coverUntil: end)
        } else if extent == .once {
            settings.end = .init(readUntil: .distantFuture, coverUntil: (now - settings.settle).wholeSecond)
        }
        return settings
    }
}

/// What the outside asks of a run.
public enum RunSignal: Sendable {
    case stop
    /// Reopen files.
    case reopen
    case logStatus
}

/// The tails of a run while it goes on.
private final class Tails: Sendable {
    private let running = NIOLockedValueBox<[(tail: TailRunner, output: any Output)]>([])
    private let logger: Logger
    private let board: StatusBoard

    init(logger: Logger, board: StatusBoard) {
        self.logger = logger
        self.board = board
    }

    func add(_ tail: TailRunner, _ output: any Output) {
        running.withLockedValue { $0.append((tail, output)) }
    }

    /// - Returns: whether anything runs that has to come to its end.
    func stop() -> Bool {
        let tails = running.withLockedValue { $0 }
        for tail in tails { tail.tail.stop() }
        return !tails.isEmpty
    }

    /// - Returns: whether the run is to stop.
    func take(_ signal: RunSignal) async -> Bool {
        let outputs = running.withLockedValue { $0.map(\.output) }
        switch signal {
        case .stop: return true
        case .reopen:
            for output in outputs { await output.reopen() }
            logger.info("files are opened anew")
        case .logStatus: board.log(to: logger)
        }
        return false
    }
}

extension ReaderSettings {
    init(_ genesys: GenesysSettings) {
        self.init()
        if case .only(let services) = genesys.selection.services { self.services = services }
        excludedServices = Set(genesys.selection.excludedServices)
        expandsUser = genesys.selection.expandsUser
        filters = genesys.selection.filters
        if case .perMinute(let requests) = genesys.requestsPerMinute { requestsPerMinute = requests }
    }
}

extension TailSettings.Start {
    /// The first instant that an output wants which begins at `now`.
    func instant(at now: Instant) -> Instant {
        switch self {
        case .now: now
        case .back(let duration): now - duration
        case .at(let instant): instant
        }
    }
}
