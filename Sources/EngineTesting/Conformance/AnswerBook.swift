import Engine
import NIOConcurrencyHelpers

/// The answers that an output owes and gives, and what it did wrong with them.
public final class AnswerBook: Sendable {
    private struct State {
        var answers: [Int: Answer] = [:]
        var order: [Int] = []
        var violations: [String] = []
        var waiting: [Int: [CheckedContinuation<Answer, Never>]] = [:]
    }

    private let state = NIOLockedValueBox(State())

    public init() {}

    /// Hands a batch in, and notes its answer.
    public func deliver(_ batch: Batch, to output: any Output) async {
        await output.deliver(batch) { self.note($0, to: batch.sequence) }
    }

    /// The answer to a batch, as soon as there is one.
    public func answer(to sequence: Int) async -> Answer {
        await withCheckedContinuation { continuation in
            let given = state.withLockedValue { state -> Answer? in
                if let given = state.answers[sequence] { return given }
                state.waiting[sequence, default: []].append(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }

    public func answerGiven(to sequence: Int) -> Answer? { state.withLockedValue { $0.answers[sequence] } }

    /// The batches in the order of their answers.
    public var order: [Int] { state.withLockedValue { $0.order } }

    /// - Throws: `Violation` where a batch was answered twice.
    public func check() throws(Violation) {
        if let violation = state.withLockedValue({ $0.violations.first }) { throw Violation(violation) }
    }

    private func note(_ answer: Answer, to sequence: Int) {
        let waiting = state.withLockedValue { state in
            if let first = state.answers[sequence] {
                state.violations.append("batch \(sequence) was answered twice: \(first), \(answer)")
                return [CheckedContinuation<Answer, Never>]()
            }
            state.answers[sequence] = answer
            state.order.append(sequence)
            return state.waiting.removeValue(forKey: sequence) ?? []
        }
        for continuation in waiting { continuation.resume(returning: answer) }
    }
}
