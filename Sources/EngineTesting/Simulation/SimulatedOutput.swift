import AuditCore
import DequeModule
import Engine

/// What a receiver does with the batches that it is handed. Says when; whether it works at all is the plan's.
struct SimulatedOutput {
    enum Manner: Sendable {
        /// Answers soon.
        case prompt
        /// Answers after some time, and so in any order.
        case late
        /// Answers when it is asked to settle, or after a minute.
        case lazy

        init(_ random: inout SampleGenerator) { self = [.prompt, .late, .lazy][random.number(0...2)] }
    }

    enum Work {
        case batch(Batch)
        case drain
    }

    let manner: Manner
    /// What it was called for and has not in its hands: one after the other, as a runner does.
    private(set) var calls: Deque<Work> = []
    private(set) var isBusy = false
    /// In its hands, by sequence.
    private(set) var unanswered: [Int: Batch] = [:]

    init(manner: Manner) { self.manner = manner }

    mutating func call(_ work: Work) { calls.append(work) }

    /// Begins with the next call; `nil` while it works at one.
    mutating func next() -> Work? {
        guard !isBusy, let work = calls.popFirst() else { return nil }
        if case .batch = work { isBusy = true }
        return work
    }

    /// A batch is in its hands; it can be called again.
    mutating func took(_ batch: Batch) {
        isBusy = false
        unanswered[batch.sequence] = batch
    }

    /// The one answer to a batch is given. `nil` where it was given.
    mutating func answer(_ sequence: Int) -> Batch? { unanswered.removeValue(forKey: sequence) }

    /// - Parameter hurries: nothing fails any more, and so nothing is owed for long.
    func answerTime(hurries: Bool, _ random: inout SampleGenerator) -> Duration {
        switch manner {
        case .prompt: .milliseconds(random.number(0...300))
        case .late: .milliseconds(random.number(0...15_000))
        case .lazy: .seconds(hurries ? 15 : 60)
        }
    }
}
