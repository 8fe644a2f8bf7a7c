import AuditCore
import Logging
import NIOConcurrencyHelpers
import Outputs

/// What the outside asks of a run.
public enum RunSignal: Sendable {
    case stop
    /// Reload the configuration, and reopen files.
    case reload
    case logStatus
}

/// The outputs of a run while it goes on.
final class RunningOutputs: Sendable {
    private struct State {
        var outputs: [RunningOutput] = []
        /// Some have to end before others may begin: a run that has none meanwhile is not over.
        var isChanging = false
        var isStopped = false

        var isOver: Bool { outputs.isEmpty && !isChanging }
    }

    private enum Progress: Sendable {
        case ended(RunningOutput)
        case arrived(RunningOutput)
        case over
    }

    private let state = NIOLockedValueBox(State())
    private let arrivals: AsyncStream<RunningOutput>
    private let arrive: AsyncStream<RunningOutput>.Continuation

    init() { (arrivals, arrive) = AsyncStream.makeStream(of: RunningOutput.self) }

    /// Runs `outputs`, and what changes make of them, until all have ended.
    /// - Throws: `Failure`: an output that can never take anything again ends the run at once; nobody would notice it otherwise.
    func run(_ outputs: [OutputAssembly]) async throws {
        add(outputs.map { RunningOutput($0, isPatient: false) })
        try await withThrowingTaskGroup(of: Progress.self) { group in
            defer { group.cancelAll() }
            group.addTask { await self.nextArrival() }
            while let progress = try await group.next() {
                switch progress {
                case .arrived(let output):
                    group.addTask {
                        try await output.run()
                        return .ended(output)
                    }
                    group.addTask { await self.nextArrival() }
                case .ended(let output): if isOver(without: output) { return }
                case .over: return
                }
            }
        }
    }

    private func nextArrival() async -> Progress {
        for await output in arrivals { return .arrived(output) }
        return .over
    }

    private func add(_ outputs: [RunningOutput]) {
        let isStopped = state.withLockedValue { state in
            state.outputs += outputs
            return state.isStopped
        }
        for output in outputs {
            if isStopped { output.stop() }
            arrive.yield(output)
        }
    }

    private func isOver(without output: RunningOutput) -> Bool {
        state.withLockedValue { state in
            state.outputs.removeAll { $0 === output }
            return state.isOver
        }
    }

    /// - Returns: whether anything runs that has to come to its end.
    func stop() -> Bool {
        let outputs = state.withLockedValue { state in
            state.isStopped = true
            return state.outputs
        }
        for output in outputs { output.stop() }
        return !outputs.isEmpty
    }

    /// Opens anew what rotation may have moved away, and what certificates have changed for.
    func reopen() async {
        for output in state.withLockedValue(\.outputs) { await output.reopen() }
    }

    /// Ends outputs, all at the same time, and then begins others, which may deliver to where the first delivered to. Returns when they
    /// have begun; begins none once the run is stopping. One call at a time.
    ///
    /// - Parameter names: of those that end.
    func change(ending names: Set<String>, beginning assemblies: [OutputAssembly]) async {
        let ending = state.withLockedValue { state in
            state.isChanging = true
            return state.outputs.filter { names.contains($0.name) }
        }
        await withDiscardingTaskGroup { group in
            for output in ending { group.addTask { await output.makeRoom() } }
        }
        let isStopped = state.withLockedValue(\.isStopped)
        let beginning = isStopped ? [] : assemblies.map { RunningOutput($0, isPatient: true) }
        add(beginning)
        let isOver = state.withLockedValue { state in
            state.isChanging = false
            return state.isOver
        }
        if isOver { arrive.finish() }
        for output in beginning { await output.hasBegun() }
    }
}
