import AuditCore
import Engine
import Logging
import NIOConcurrencyHelpers
import Outputs

/// What the outside asks of a run.
public enum RunSignal: Sendable {
    case stop
    /// Reopen files.
    case reopen
    case logStatus
}

/// The tails of a run while it goes on.
final class Tails: Sendable {
    private struct State {
        var tails: [(tail: TailRunner, output: any Output)] = []
        var isStopped = false
    }

    private let state = NIOLockedValueBox(State())
    private let logger: Logger
    private let board: StatusBoard

    init(logger: Logger, board: StatusBoard) {
        self.logger = logger
        self.board = board
    }

    func add(_ tail: TailRunner, _ output: any Output) {
        let isStopped = state.withLockedValue { state in
            state.tails.append((tail, output))
            return state.isStopped
        }
        if isStopped { tail.stop() }
    }

    /// - Returns: whether anything runs that has to come to its end.
    func stop() -> Bool {
        let tails = state.withLockedValue { state in
            state.isStopped = true
            return state.tails
        }
        for tail in tails { tail.tail.stop() }
        return !tails.isEmpty
    }

    /// - Returns: whether the run is to stop.
    func take(_ signal: RunSignal) async -> Bool {
        let outputs = state.withLockedValue { $0.tails.map(\.output) }
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
