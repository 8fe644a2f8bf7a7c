import AuditCore
import Engine

/// Hands batches to an output as a tail does: in order, no more than the window at a time, refused ones again.
struct OutputDriver {
    /// Rounds of handing in again before an output is held to be stuck.
    private static let mostRounds = 50

    let output: any Output
    private let samples: [[SampleAudit]]
    private let lines: [[String]]
    private var sequence = 0
    /// Indices into `samples` that are acknowledged.
    private(set) var acknowledged: Set<Int> = []
    private(set) var finalRefusal: Refusal?
    private let book = AnswerBook()

    /// - Parameter lines: the audits as lines, where they are known already.
    init(_ output: any Output, _ samples: [[SampleAudit]], _ lines: [[String]]? = nil) {
        self.output = output
        self.samples = samples
        self.lines = lines ?? samples.map { $0.map(\.json) }
    }

    var isDone: Bool { acknowledged.count == samples.count }

    /// Hands everything in, again and again, until it is acknowledged or the output has ended for good.
    mutating func deliverAll() async throws {
        for _ in 0..<OutputDriver.mostRounds where !isDone && finalRefusal == nil { try await deliverOnce() }
        try demand(isDone || finalRefusal != nil, "after \(OutputDriver.mostRounds) rounds batches are still refused")
    }

    /// Hands in once what is not acknowledged, and waits for every answer.
    mutating func deliverOnce() async throws {
        var owed: [(index: Int, sequence: Int)] = []
        for index in samples.indices where !acknowledged.contains(index) {
            if owed.count >= output.window { try await settle(&owed) }
            if finalRefusal != nil { return }
            sequence += 1
            // Every third has white space between its tokens, which a line must not have.
            await book.deliver(Batch(sequence, of: samples[index], spaced: index % 3 == 1), to: output)
            owed.append((index, sequence))
        }
        try await settle(&owed)
    }

    private mutating func settle(_ owed: inout [(index: Int, sequence: Int)]) async throws {
        await output.drain()
        for (index, sequence) in owed {
            switch await book.answer(to: sequence) {
            case .acknowledged: acknowledged.insert(index)
            case .refusedForNow(let refusal) where refusal.isFinal: finalRefusal = refusal
            case .refusedForNow(let refusal): try demand(!refusal.reason.isEmpty, "a refusal has no reason")
            case .refusedForGood(let refusal), .acknowledgedExcept(_, let refusal):
                throw Violation("sound audits were refused for good: \(refusal.reason)")
            }
        }
        owed = []
        try book.check()
    }

    /// The lines of the batches that were acknowledged.
    var acknowledgedLines: [String] { acknowledged.sorted().flatMap { lines[$0] } }
    var allLines: [String] { lines.flatMap(\.self) }
}
