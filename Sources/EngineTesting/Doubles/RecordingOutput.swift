import AuditCore
import Engine
import NIOConcurrencyHelpers

/// An output that keeps what it was given, and answers as it is told.
public final class RecordingOutput: Output {
    private struct State {
        var answers: [Answer]
        var taken: [AuditID] = []
        var drains = 0
    }

    public let guarantee = Guarantee.application
    public let window: Int
    private let state: NIOLockedValueBox<State>

    /// - Parameter answers: to the first batches, one after the other; the others are acknowledged.
    public init(window: Int = 1, answers: [Answer] = []) {
        self.window = window
        state = NIOLockedValueBox(State(answers: answers))
    }

    /// The ids of what was acknowledged, in that order.
    public var taken: [AuditID] { state.withLockedValue { $0.taken } }
    public var drains: Int { state.withLockedValue { $0.drains } }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let given = state.withLockedValue { state in
            let given = state.answers.isEmpty ? .acknowledged : state.answers.removeFirst()
            switch given {
            case .acknowledged: state.taken += batch.audits.compactMap(\.id)
            case .acknowledgedExcept(let places, _):
                state.taken += batch.audits.indices.filter { !places.contains($0) }.compactMap { batch.audits[$0].id }
            case .refusedForNow, .refusedForGood: break
            }
            return given
        }
        answer(given)
    }

    public func drain() async { state.withLockedValue { $0.drains += 1 } }
    public func close() async {}
}
