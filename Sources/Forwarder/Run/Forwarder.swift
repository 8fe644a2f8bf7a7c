import AuditAPI
import AuditCore
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
    private let load: ForwarderConfiguration.Loading?
    private let surroundings: RunSurroundings
    private let notifier: Notifier?

    /// Where the tails stand.
    public var board: StatusBoard { surroundings.board }

    /// - Parameters:
    ///   - transport: carries the requests; it stays the caller's to shut down.
    ///   - version: of the program, for the operator.
    ///   - manager: is told how the run is doing.
    ///   - reload: how the configuration is loaded again; `nil` where it stays what it is. A run with an end keeps its configuration, too.
    ///   - decorate: put around every output.
    public init(
        configuration: ForwarderConfiguration, extent: Extent, logger: Logger, transport: any HTTPTransport,
        version: String = "", manager: ServiceManager? = nil, reload: ForwarderConfiguration.Loading? = nil,
        decorate: @escaping @Sendable (any Output) -> any Output = { $0 }
    ) {
        self.configuration = configuration
        load = extent == .following && configuration.tail.until == nil ? reload : nil
        let (board, clock) = (StatusBoard(), MonotonicClock())
        // Only where somebody can look at it: counting costs something.
        let telemetry: Telemetry? =
            configuration.http != nil || manager != nil
            ? Telemetry(
                configuration: configuration, isFollowing: extent == .following, version: version, board: board, clock: clock)
            : nil
        surroundings = RunSurroundings(
            extent: extent, clock: clock, logger: logger,
            transport: telemetry.map { MeasuredTransport(base: transport, telemetry: $0) } ?? transport, board: board,
            telemetry: telemetry, shutdownTimeout: NIOLockedValueBox(configuration.shutdownTimeout), decorate: decorate)
        notifier = manager.flatMap { manager in
            telemetry.flatMap { Notifier(manager, telemetry: $0, clock: clock, logger: logger) }
        }
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
            if let settings = configuration.http, let telemetry = surroundings.telemetry {
                let server = OperatorServer(settings: settings, telemetry: telemetry, logger: surroundings.logger)
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
        let outputs = RunningOutputs()
        let (reloads, reload) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let ending = try await Stoppable.run(
            until: signals, within: { surroundings.shutdownTimeout.withLockedValue { $0 } }, clock: surroundings.clock,
            take: { signal in
                switch signal {
                case .stop: return true
                case .reload: reload.yield()
                case .logStatus: board.log(to: surroundings.logger)
                }
                return false
            },
            stop: {
                reload.finish()
                notifier?.stopping()
                surroundings.telemetry?.stopping()
                let isRunning = outputs.stop()
                if isRunning { surroundings.logger.info("stopping: delivering what was read") }
                return isRunning
            }
        ) { try await start(store, outputs, reloads) }
        if ending == .timedOut {
            surroundings.logger.warning("stopped before everything that was read was delivered; it will be read again")
        }
    }

    /// Connects, and runs the outputs until they have ended.
    private func start(_ store: OffsetStore, _ outputs: RunningOutputs, _ reloads: AsyncStream<Void>) async throws {
        let force = ConfigurationInForce(configuration)
        let reloading = load.map {
            Reloading(load: $0, force: force, outputs: outputs, store: store, surroundings: surroundings)
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await run(outputs, store, force)
                return true
            }
            group.addTask {
                await NewestRequest.serve(reloads, prepare: { await prepare(reloading, outputs) }) { await $0() }
                return false
            }
            while try await group.next() == false {}
        }
    }

    private func run(_ outputs: RunningOutputs, _ store: OffsetStore, _ force: ConfigurationInForce) async throws {
        let (configuration, api) = try await force.first {
            try await ConnectedAPI(self.configuration, waits: extent == .following, surroundings)
        }
        try checkReach(at: api.serverNow())
        api.isInForce(for: surroundings.telemetry)
        try await outputs.run(
            configuration.outputs.map {
                OutputAssembly(definition: $0, configuration: configuration, api: api, store: store, surroundings: surroundings)
            })
    }

    /// - Returns: what puts another configuration in force; `nil` where that cannot be.
    private func prepare(_ reloading: Reloading?, _ outputs: RunningOutputs) async -> (@Sendable () async -> Void)? {
        notifier?.reloading()
        guard let reloading else {
            await outputs.reopen()
            surroundings.logger.info("files are opened anew")
            notifier?.reloaded()
            return nil
        }
        guard let prepared = await reloading.prepare() else {
            notifier?.reloaded()
            return nil
        }
        return {
            await reloading.finish(prepared)
            notifier?.reloaded()
        }
    }

    private var extent: Extent { surroundings.extent }

    private func checkReach(at now: Instant) throws(Failure) {
        let settings = TailSettings(output: "")
        let retention = configuration.tail.readsAsynchronous ? settings.asynchronousRetention : settings.realtimeRetention
        guard let until = configuration.tail.until, until <= now - retention else { return }
        let hint = configuration.tail.readsAsynchronous ? "give a later instant" : "switch 'tail.sweep' on: it reads back a year"
        throw Failure(.data, "--until: '\(until)' is further back than the API reaches", hint: hint)
    }
}
