import AuditCore
import Engine
import Logging
import NIOConcurrencyHelpers
import Outputs

/// One output of a run, from its beginning to its end. A reload that changes an output ends it, and another one goes on where it has
/// committed.
final class RunningOutput: Sendable {
    private struct State {
        var current: OutputRun?
        /// Tells what runs to come to its end.
        var makeRoom: AsyncStream<RunSignal>.Continuation?
        /// Nothing more may begin.
        var isClosed = false
        var hasEnded = false
        var waitingForBegin: [AsyncStream<Never>.Continuation] = []
        var waitingForEnd: [AsyncStream<Never>.Continuation] = []
    }

    /// Between two attempts to begin while a run goes on.
    private static let pause = Duration.seconds(2)

    let name: String
    private let assembly: OutputAssembly
    private let isPatient: Bool
    private let state = NIOLockedValueBox(State())
    private var surroundings: RunSurroundings { assembly.surroundings }

    /// - Parameter isPatient: an offset file that cannot be used is waited for; else it is an error.
    init(_ assembly: OutputAssembly, isPatient: Bool) {
        name = assembly.definition.name
        self.assembly = assembly
        self.isPatient = isPatient
    }

    /// Runs until it ends by itself, or until `stop` or `makeRoom`. Called once.
    /// - Throws: `Failure`.
    func run() async throws {
        defer {
            state.withLockedValue { ($0.isClosed, $0.hasEnded) = (true, true) }
            finish(\.waitingForBegin, \.waitingForEnd)
        }
        guard let run = try await begin() else { return }
        let signals = enter(run)
        let ending = try await Stoppable.run(
            until: signals, within: { [surroundings] in surroundings.shutdownTimeout.withLockedValue { $0 } },
            clock: surroundings.clock, take: { _ in true },
            stop: {
                run.tail.stop()
                return true
            }
        ) { try await run.toItsEnd() }
        surroundings.telemetry?.ended(name)
        if ending == .timedOut {
            surroundings.logger.warning(
                "stopped before everything that was read was delivered; it will be read again", metadata: ["output": "\(name)"])
        }
    }

    /// - Returns: `nil` where it was stopped before it could begin.
    private func begin() async throws -> OutputRun? {
        var isFailing = false
        while !state.withLockedValue(\.isClosed) {
            do {
                let run = try await assembly.run()
                if isFailing { logRecovery() }
                return run
            } catch let failure as Failure where isPatient {
                if !isFailing { log(failure) }
                isFailing = true
                try await surroundings.clock.sleep(until: surroundings.clock.now() + RunningOutput.pause)
            }
        }
        return nil
    }

    private func log(_ failure: Failure) {
        surroundings.logger.error(
            "the output cannot begin yet", metadata: ["output": "\(name)", "reason": "\(failure)", "hint": "\(failure.hint)"])
    }

    private func logRecovery() {
        surroundings.logger.warning("the output can begin", metadata: ["output": "\(name)", "state": "recovered"])
    }

    /// - Returns: what tells it to come to its end.
    private func enter(_ run: OutputRun) -> AsyncStream<RunSignal> {
        let (signals, signal) = AsyncStream.makeStream(of: RunSignal.self)
        let isClosed = state.withLockedValue { state in
            state.current = run
            state.makeRoom = signal
            return state.isClosed
        }
        if isClosed { signal.yield(.stop) }
        finish(\.waitingForBegin)
        return signals
    }

    /// What was read is delivered and committed; whoever calls it bounds that.
    func stop() { close()?.tail.stop() }

    /// What was read is delivered and committed, within the shutdown timeout. Returns when it has ended; at once when the task is cancelled.
    func makeRoom() async {
        let (end, waiting) = AsyncStream.makeStream(of: Never.self)
        let makeRoom = state.withLockedValue { state in
            state.isClosed = true
            if state.hasEnded { waiting.finish() } else { state.waitingForEnd.append(waiting) }
            return state.makeRoom
        }
        makeRoom?.yield(.stop)
        for await _ in end {}
    }

    /// Returns when it runs, or has ended; at once when the task is cancelled.
    func hasBegun() async {
        let (begun, waiting) = AsyncStream.makeStream(of: Never.self)
        let waits = state.withLockedValue { state in
            guard state.current == nil, !state.isClosed else { return false }
            state.waitingForBegin.append(waiting)
            return true
        }
        if waits { for await _ in begun {} }
    }

    func reopen() async { await state.withLockedValue(\.current)?.output.reopen() }

    @discardableResult
    private func close() -> OutputRun? {
        state.withLockedValue { state in
            state.isClosed = true
            return state.current
        }
    }

    private func finish(_ kinds: WritableKeyPath<State, [AsyncStream<Never>.Continuation]>...) {
        let waiting = state.withLockedValue { state in
            kinds.flatMap { kind in
                defer { state[keyPath: kind] = [] }
                return state[keyPath: kind]
            }
        }
        for one in waiting { one.finish() }
    }
}
