import AuditCore
import Engine
import Logging
import OffsetStore
import Outputs

/// One output with everything that makes it run.
struct OutputRun: Sendable {
    let name: String
    let ledger: Ledger
    let tail: TailRunner
    let output: any Output
    let deadLetters: DeadLetterFile

    /// - Throws: `Failure` where the output can take nothing any more.
    func toItsEnd() async throws {
        do {
            try await tail.run(from: ledger)
        } catch let refusal as Refusal {
            throw Failure(
                .failed, "output '\(name)' has ended: \(refusal.reason)",
                hint: "run again: delivery goes on after the last commit")
        }
        await output.close()
        await deadLetters.close()
    }
}

/// What an output's run is put together from.
struct OutputAssembly: Sendable {
    let definition: OutputDefinition
    let configuration: ForwarderConfiguration
    let api: ConnectedAPI
    let store: OffsetStore
    let surroundings: RunSurroundings

    /// Begins at what the output has committed, or at the configuration's start.
    /// - Throws: `Failure`.
    func run() async throws -> OutputRun {
        let now = try api.serverNow()
        let ledger = try await store.begin(definition.name, of: configuration, at: now)
        let logger = surroundings.logger
        logger.info(
            "output begins",
            metadata: [
                "output": "\(definition.name)", "to": "\(definition.destination)",
                "guarantee": "\(definition.guarantee.rawValue)",
                "from": "\(ledger.lanes.keys.map { ledger.frontier(of: $0) }.min() ?? ledger.start)",
            ])
        surroundings.board.restarts(definition.name)
        let output = surroundings.decorate(definition.makeOutput(logger: logger))
        let letters = DeadLetterFile(
            path: definition.deadLetters(besides: configuration.offsetsPath), output: definition.name, logger: logger
        ) { .localNow }
        let edges = TailEdges(
            source: api.source, store: store, output: output, deadLetters: letters,
            observer: TailLog(logger: logger, board: surroundings.board)
        ).measured(by: surroundings.telemetry, for: definition.name)
        let tail = TailRunner(
            settings: TailSettings(definition, configuration, surroundings.extent, at: now), source: edges.source,
            store: edges.store, output: edges.output, deadLetters: edges.deadLetters, clock: surroundings.clock,
            observer: edges.observer)
        return OutputRun(name: definition.name, ledger: ledger, tail: tail, output: output, deadLetters: letters)
    }
}

extension OffsetStore {
    /// Where an output goes on, or begins by the configuration.
    /// - Throws: `Failure` with the code of what is wrong with the offset file.
    func begin(_ output: String, of configuration: ForwarderConfiguration, at now: Instant) async throws -> Ledger {
        do {
            return try await begin(output, at: configuration.tail.since.instant(at: now))
        } catch {
            throw OffsetFile.failure(error, configuration.offsetsPath, "used")
        }
    }
}
