import AuditAPI
import AuditCore
import AuditReader
import Engine
import OffsetStore
import Outputs

/// Reads a past interval once, up to its end, into one output: a tail that follows nothing, over an offset file of its own. With the
/// same file it goes on where it was left.
struct PastReading: Sendable {
    enum Ending: Sendable, Equatable {
        case complete
        /// By a signal.
        case stopped
        /// The reader of the output has gone.
        case readerGone
    }

    /// Where the audits go.
    struct Target: Sendable {
        let definition: OutputDefinition
        let output: any Output
        let deadLetters: any DeadLetters
    }

    /// On whole seconds.
    let interval: Interval
    let session: APISession
    let shutdownTimeout: Duration
    let board: PastBoard

    /// Must be connected already.
    ///
    /// - Parameters:
    ///   - name: the key in the offset file.
    ///   - goOn: where another try begins, as the end of a hint.
    /// - Throws: `Failure`: `unreachable` where it gave up, `refused`, `offsets`; `CancellationError`.
    func run(
        into target: Target, _ store: OffsetStore, as name: String,
        until signals: some AsyncSequence<RunSignal, Never> & Sendable, goOn: () -> String = { "" }
    ) async throws -> Ending {
        let ledger = try await store.begin(name, at: interval.start)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let watch = PastWatch(interval, board: board) { stop.yield() }
        let tail = TailRunner(
            settings: settings(name, target.definition), source: session.reader, store: store, output: target.output,
            deadLetters: target.deadLetters, clock: session.clock, observer: watch)
        do {
            _ = try await Stoppable.run(
                until: signals, within: { [shutdownTimeout] in shutdownTimeout }, clock: session.clock,
                take: { if case .stop = $0 { true } else { false } },
                stop: {
                    tail.stop()
                    return true
                }
            ) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for await _ in stops { tail.stop() } }
                    try await tail.run(from: ledger)
                    group.cancelAll()
                }
            }
        } catch let refusal as Refusal where refusal.isFinal {
            return .readerGone
        }
        if let trouble = watch.trouble { throw failure(trouble, target.definition, goOn()) }
        return watch.status.isComplete ? .complete : .stopped
    }

    private func settings(_ name: String, _ definition: OutputDefinition) -> TailSettings {
        var settings = TailSettings(output: name)
        settings.followsPresent = false
        settings.end = .init(readUntil: interval.end, coverUntil: interval.end)
        settings.sweep = nil
        settings.reading.firstWindow = .seconds(6 * 3600)
        settings.reconcile = nil
        // Nothing is read again but the margins of a window.
        settings.overlap = .seconds(60)
        settings.idRetention = .seconds(600)
        settings.batchEvents = definition.batch.events
        settings.batchBytes = definition.batch.bytes
        settings.outputRetry = (definition.retry.first, definition.retry.most)
        settings.seed = UInt64(bitPattern: interval.start.milliseconds)
        return settings
    }

    private func failure(_ trouble: PastWatch.Trouble, _ definition: OutputDefinition, _ goOn: String) -> Failure {
        switch trouble {
        case .reading(_, .refused(let reason)):
            Failure(
                .refused, "API '\(session.genesys.endpoints.api)' refused the client: \(reason)",
                hint: "check the client's secret and its permission 'audits:audit:view'\(goOn)")
        case .reading(let lane, let failure):
            Failure(
                .unreachable, "audits of \(lane) could not be read: \(failure.reason)", hint: "try again later\(goOn)")
        case .output(let reason):
            Failure(
                .unreachable, "output '\(definition.name)' (\(definition.destination)) takes no audits: \(reason)",
                hint: "try again when it can be reached\(goOn)")
        case .offsets(let reason):
            Failure(.offsets, "progress cannot be kept: \(reason)", hint: "check the disk and its permissions\(goOn)")
        }
    }
}

extension OffsetStore {
    /// The ledger of an output; where there is none, it begins at `start`.
    func begin(_ output: String, at start: Instant) async throws -> Ledger {
        if let ledger = try await ledger(of: output) { return ledger }
        var change = LedgerChange(output: output)
        change.start = start
        try await commit(change)
        return Ledger(start: start)
    }
}
