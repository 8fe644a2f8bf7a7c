import Engine
import NIOConcurrencyHelpers
import Outputs

/// The place of one output in a run, which one tail after the other fills: each goes on where the one before has committed.
final class OutputSlot: Sendable {
    private struct State {
        /// What comes after the run that goes on; `nil` for nothing.
        var next: OutputAssembly?
        var current: OutputRun?
        /// Tells the run that goes on to make room.
        var makeRoom: AsyncStream<RunSignal>.Continuation?
        /// Nothing comes any more.
        var isClosed = false
        /// Finished when what comes next has begun, or nothing comes any more.
        var waiting: [AsyncStream<Never>.Continuation] = []

        mutating func takeWaiting() -> [AsyncStream<Never>.Continuation] {
            defer { waiting = [] }
            return waiting
        }
    }

    let name: String
    private let state = NIOLockedValueBox(State())

    /// - Parameter first: what fills it at first.
    init(_ first: OutputAssembly) {
        name = first.definition.name
        state.withLockedValue { $0.next = first }
    }

    /// Runs what fills it, one after the other, until one ends by itself, `stop` is called, or it is emptied.
    /// - Throws: `Failure`, of the run that could not begin or go on.
    func occupy() async throws {
        defer { close() }
        while let assembly = takeNext() {
            let run = try await assembly.run()
            try await occupy(run, assembly)
        }
    }

    private func takeNext() -> OutputAssembly? {
        state.withLockedValue { state in
            defer { state.next = nil }
            return state.isClosed ? nil : state.next
        }
    }

    private func occupy(_ run: OutputRun, _ assembly: OutputAssembly) async throws {
        let signals = enter(run)
        let surroundings = assembly.surroundings
        let ending = try await Stoppable.run(
            until: signals, within: assembly.configuration.shutdownTimeout, clock: surroundings.clock, take: { _ in true },
            stop: {
                run.tail.stop()
                return true
            }
        ) { try await run.toItsEnd() }
        state.withLockedValue { state in
            state.current = nil
            state.makeRoom = nil
        }
        surroundings.telemetry?.ended(name)
        if ending == .timedOut {
            surroundings.logger.warning(
                "stopped before everything that was read was delivered; it will be read again",
                metadata: ["output": "\(name)"])
        }
    }

    /// - Returns: what tells the run to make room.
    private func enter(_ run: OutputRun) -> AsyncStream<RunSignal> {
        let (signals, signal) = AsyncStream.makeStream(of: RunSignal.self)
        let (isOutdated, waiting) = state.withLockedValue { state in
            state.current = run
            state.makeRoom = signal
            let isOutdated = state.isClosed || state.next != nil
            return (isOutdated, isOutdated ? [] : state.takeWaiting())
        }
        if isOutdated { signal.yield(.stop) }
        for one in waiting { one.finish() }
        return signals
    }

    private func close() {
        let waiting = state.withLockedValue { state in
            state.isClosed = true
            return state.takeWaiting()
        }
        for one in waiting { one.finish() }
    }

    /// What was read is delivered and committed, and nothing comes after it.
    func stop() {
        let run = state.withLockedValue { state in
            state.isClosed = true
            state.next = nil
            return state.current
        }
        run?.tail.stop()
    }

    /// What was read is delivered and committed, within the shutdown timeout; then `next` goes on. Returns when that has begun, or the
    /// slot is empty; at once when the task is cancelled, which changes nothing else.
    ///
    /// - Parameter next: `nil` empties the slot.
    func change(to next: OutputAssembly?) async {
        let (changed, waiting) = AsyncStream.makeStream(of: Never.self)
        let makeRoom = state.withLockedValue { state -> AsyncStream<RunSignal>.Continuation? in
            guard state.current != nil || !state.isClosed else {
                waiting.finish()
                return nil
            }
            state.next = state.isClosed ? nil : next
            if next == nil { state.isClosed = true }
            state.waiting.append(waiting)
            return state.makeRoom
        }
        makeRoom?.yield(.stop)
        for await _ in changed {}
    }

    /// Returns when what fills it runs, or the slot is empty; at once when the task is cancelled.
    func hasBegun() async {
        let (begun, waiting) = AsyncStream.makeStream(of: Never.self)
        let waits = state.withLockedValue { state in
            guard state.current == nil, !state.isClosed else { return false }
            state.waiting.append(waiting)
            return true
        }
        if waits { for await _ in begun {} }
    }

    func reopen() async { await state.withLockedValue { $0.current }?.output.reopen() }
}
