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
        /// In the order of the configuration.
        var slots: [OutputSlot] = []
        var isStopped = false
    }

    private enum Progress: Sendable {
        case ended(OutputSlot)
        case arrived(OutputSlot)
        case closed
    }

    private let state = NIOLockedValueBox(State())
    private let arrivals: AsyncStream<OutputSlot>
    private let arrive: AsyncStream<OutputSlot>.Continuation

    init() { (arrivals, arrive) = AsyncStream.makeStream(of: OutputSlot.self) }

    /// Runs `outputs`, and what changes make of them, until all have ended.
    /// - Throws: `Failure`: an output that can never take anything again ends the run at once; nobody would notice it otherwise.
    func run(_ outputs: [OutputAssembly]) async throws {
        for output in outputs { arrive.yield(makeSlot(output)) }
        try await withThrowingTaskGroup(of: Progress.self) { group in
            defer { group.cancelAll() }
            group.addTask { await self.nextArrival() }
            while let progress = try await group.next() {
                switch progress {
                case .arrived(let slot):
                    group.addTask {
                        try await slot.occupy()
                        return .ended(slot)
                    }
                    group.addTask { await self.nextArrival() }
                case .ended(let slot): if isLast(slot) { return }
                case .closed: return
                }
            }
        }
    }

    private func nextArrival() async -> Progress {
        for await slot in arrivals { return .arrived(slot) }
        return .closed
    }

    /// Makes a slot that counts as an output of the run; what fills it begins when the slot arrives.
    private func makeSlot(_ assembly: OutputAssembly) -> OutputSlot {
        let slot = OutputSlot(assembly)
        let isStopped = state.withLockedValue { state in
            state.slots.append(slot)
            return state.isStopped
        }
        if isStopped { slot.stop() }
        return slot
    }

    private func isLast(_ slot: OutputSlot) -> Bool {
        state.withLockedValue { state in
            state.slots.removeAll { $0 === slot }
            return state.slots.isEmpty
        }
    }

    private var slots: [OutputSlot] { state.withLockedValue(\.slots) }

    /// - Returns: whether anything runs that has to come to its end.
    func stop() -> Bool {
        let slots = state.withLockedValue { state in
            state.isStopped = true
            return state.slots
        }
        for slot in slots { slot.stop() }
        return !slots.isEmpty
    }

    /// Opens anew what rotation may have moved away, and what certificates have changed for.
    func reopen() async {
        for slot in slots { await slot.reopen() }
    }

    /// Empties the slots of `removed` and fills those of the others anew, all at the same time; then outputs that are new begin, which may
    /// deliver to what the removed ones delivered to. Returns when that has happened; does nothing once the run is stopping.
    ///
    /// - Parameter changed: at most one an output; one whose name is new gets a slot.
    func change(removing removed: Set<String>, _ changed: [OutputAssembly]) async {
        let (known, isStopped) = state.withLockedValue { ($0.slots, $0.isStopped) }
        if isStopped { return }
        let names = Set(known.map(\.name))
        // Before any is emptied: a run without outputs would be over.
        let new = changed.filter { !names.contains($0.definition.name) }.map(makeSlot)
        await withDiscardingTaskGroup { group in
            for slot in known {
                let next = changed.first { $0.definition.name == slot.name }
                guard next != nil || removed.contains(slot.name) else { continue }
                group.addTask { await slot.change(to: next) }
            }
        }
        for slot in new { arrive.yield(slot) }
        for slot in new { await slot.hasBegun() }
    }
}
