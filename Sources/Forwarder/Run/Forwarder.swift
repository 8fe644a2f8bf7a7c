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
    public let board: StatusBoard
    /// Only where somebody can look at it: counting costs something.
    private let telemetry: Telemetry?
    private let notifier: Notifier?

    /// - Parameters:
    ///   - transport: carries the requests; it stays the caller's to shut down.
    ///   - version: of the program, for the operator.
    ///   - manager: is told how the run is doing.
    ///   - decorate: put around every output.
    public init(
        configuration: ForwarderConfiguration, extent: Extent, logger: Logger, transport: any HTTPTransport,
        version: String = "", manager: ServiceManager? = nil,
        decorate: @escaping @Sendable (any Output) -> any Output = { $0 }
    ) {
        self.configuration = configuration
        self.extent = extent
        self.logger = logger
        self.decorate = decorate
        let board = StatusBoard()
        self.board = board
        let isSeen = configuration.http != nil || manager != nil
        let telemetry: Telemetry? =
            isSeen
            ? Telemetry(
                configuration: configuration, isFollowing: extent == .following, version: version, board: board, clock: clock)
            : nil
        self.telemetry = telemetry
        notifier = manager.flatMap { [clock] manager in
            telemetry.flatMap { Notifier(manager, telemetry: $0, clock: clock, logger: logger) }
        }
        self.transport = telemetry.map { MeasuredTransport(base: transport, telemetry: $0) } ?? transport
    }

    /// Runs until the extent is reached, or until `signals` says to stop: then what was read is delivered and committed, within
    /// the configuration's shutdown timeout.
    ///
    /// - Throws: `Failure`. The offset file is closed in any case.
    public func run(signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws {
        guard let notifier else { return try await runWithStore(signals) }
        try await notifier.around { try await runWithStore(signals) }
    }

    private func runWithStore(_ signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws {
        let store = try OffsetStore(path: configuration.offsetsPath)
        do {
            if let settings = configuration.http, let telemetry {
                let server = OperatorServer(settings: settings, telemetry: telemetry, logger: logger)
                try await server.serve { try await run(store, signals) }
            } else {
                try await run(store, signals)
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private func run(_ store: OffsetStore, _ signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws {
        let tails = Tails(logger: logger, board: board)
        let ending = try await Stoppable.run(
            until: signals, within: configuration.shutdownTimeout, clock: clock, take: { await take($0, tails) },
            stop: {
                notifier?.stopping()
                telemetry?.stopping()
                let isRunning = tails.stop()
                if isRunning { logger.info("stopping: delivering what was read") }
                return isRunning
            }
        ) { try await start(store, tails) }
        if ending == .timedOut {
            logger.warning("stopped before everything that was read was delivered; it will be read again")
        }
    }

    private func take(_ signal: RunSignal, _ tails: Tails) async -> Bool {
        guard case .reopen = signal, let notifier else { return await tails.take(signal) }
        await notifier.reload { _ = await tails.take(signal) }
        return false
    }

    private func start(_ store: OffsetStore, _ tails: Tails) async throws {
        let genesys = configuration.genesys
        let reader = AuditReader(
            endpoints: genesys.endpoints, credentials: genesys.credentials, settings: ReaderSettings(genesys, configuration.tail),
            transport: transport, clock: clock, logger: logger)
        try await Connecting(genesys: genesys, reader: reader, clock: clock, logger: logger).run(waits: extent == .following)
        guard let now = reader.serverNow() else {
            throw Failure(
                .failed, "API '\(genesys.endpoints.api)' does not say what time it is",
                hint: "a proxy may remove the 'Date' header: the windows are made from it")
        }
        try checkReach(at: now)
        telemetry?.knowsServer { reader.serverNow() }
        let source = SharedSource(telemetry.map { CountedSource(base: reader, telemetry: $0) } ?? reader)
        var runs: [OutputRun] = []
        for definition in configuration.outputs {
            let run = try await outputRun(definition, source, store, now)
            tails.add(run.tail, run.output)
            runs.append(run)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for run in runs {
                group.addTask {
                    defer { telemetry?.ended(run.name) }
                    try await run.toItsEnd()
                }
            }
            // An output that can never take anything again ends the run at once: nobody would notice it otherwise.
            while try await group.next() != nil {}
        }
    }

    private func checkReach(at now: Instant) throws(Failure) {
        let settings = TailSettings(output: "")
        let retention = configuration.tail.readsAsynchronous ? settings.asynchronousRetention : settings.realtimeRetention
        guard let until = configuration.tail.until, until <= now - retention else { return }
        let hint = configuration.tail.readsAsynchronous ? "give a later instant" : "switch 'tail.sweep' on: it reads back a year"
        throw Failure(.data, "--until: '\(until)' is further back than the API reaches", hint: hint)
    }

    private func outputRun(
        _ definition: OutputDefinition, _ source: SharedSource, _ store: OffsetStore, _ now: Instant
    ) async throws -> OutputRun {
        let ledger = try await begin(definition.name, store, now)
        logger.info(
            "output begins",
            metadata: [
                "output": "\(definition.name)", "to": "\(definition.destination)",
                "guarantee": "\(definition.guarantee.rawValue)",
                "from": "\(ledger.lanes.keys.map { ledger.frontier(of: $0) }.min() ?? ledger.start)",
            ])
        let output = decorate(definition.makeOutput(logger: logger))
        let letters = deadLetters(definition)
        let edges = TailEdges(
            source: source, store: store, output: output, deadLetters: letters, observer: TailLog(logger: logger, board: board)
        ).measured(by: telemetry, for: definition.name)
        let tail = TailRunner(
            settings: tailSettings(definition, now), source: edges.source, store: edges.store, output: edges.output,
            deadLetters: edges.deadLetters, clock: clock, observer: edges.observer)
        return OutputRun(name: definition.name, ledger: ledger, tail: tail, output: output, deadLetters: letters)
    }

    private func begin(_ output: String, _ store: OffsetStore, _ now: Instant) async throws -> Ledger {
        do {
            return try await store.begin(output, at: configuration.tail.since.instant(at: now))
        } catch {
            throw OffsetFile.failure(error, configuration.offsetsPath, "used")
        }
    }

    private func deadLetters(_ definition: OutputDefinition) -> DeadLetterFile {
        let path = definition.deadLetters(besides: configuration.offsetsPath)
        return DeadLetterFile(path: path, output: definition.name, logger: logger) { .localNow }
    }

    private func tailSettings(_ definition: OutputDefinition, _ now: Instant) -> TailSettings {
        var settings = TailSettings(output: definition.name)
        settings.pollInterval = configuration.tail.pollInterval
        settings.overlap = configuration.tail.overlap
        settings.heartbeat = configuration.tail.heartbeat
        settings.recordsGaps = configuration.tail.recordsGaps
        settings.sweep = configuration.tail.sweep
        settings.reconcile = configuration.tail.reconcile
        let furthest = [configuration.tail.sweep?.back, configuration.tail.reconcile?.back].compactMap { $0 }.max() ?? .zero
        settings.idRetention = max(max(furthest, settings.overlap) + .seconds(86_400), configuration.keepIDs ?? .zero)
        settings.batchEvents = definition.batch.events
        settings.batchBytes = definition.batch.bytes
        settings.outputRetry = (definition.retry.first, definition.retry.most)
        settings.seed = UInt64(bitPattern: now.milliseconds)
        if let until = configuration.tail.until {
            let end = Interval(until, until).onWholeSeconds.end
            settings.end = .init(readUntil: end, coverUntil: end)
        } else if extent == .once {
            settings.end = .init(readUntil: .distantFuture, coverUntil: (now - settings.settle).wholeSecond)
        }
        return settings
    }
}
