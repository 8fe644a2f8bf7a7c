import AuditCore
import Engine
import EngineTesting
import NIOConcurrencyHelpers
import TestTraits
import Testing

@testable import Forwarder

/// The output of a demonstration that ends after so many audits.
@Suite(.fewAtATime)
struct FirstAuditsTests {
    /// Refuses the first batch for now.
    private struct Reluctant: Output {
        let guarantee = Guarantee.none
        let window = 1
        let taken = NIOLockedValueBox<[Int]>([])
        let hasRefused = NIOLockedValueBox(false)

        func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
            let isFirst = hasRefused.withLockedValue { refused in
                defer { refused = true }
                return !refused
            }
            if isFirst { return answer(.refusedForNow(Refusal("not now"))) }
            taken.withLockedValue { $0.append(batch.audits.count) }
            answer(.acknowledged)
        }
        func close() async {}
    }

    @Test func `audits of a batch that is refused for now are not counted as delivered`() async {
        let isReached = NIOLockedValueBox(false)
        let reluctant = Reluctant()
        let output = FirstAudits(of: reluctant, limit: CountLimit(5) { isReached.withLockedValue { $0 = true } })
        let book = AnswerBook()
        let page = AuditPage(of: (0..<3).map { SampleAudit(id: SampleAudit.uuid($0), instant: Instant(seconds: 1)) })
        for sequence in 1...3 { await book.deliver(Batch(sequence: sequence, page: page, audits: page.audits), to: output) }
        #expect(book.answerGiven(to: 1) == .refusedForNow(Refusal("not now")))
        #expect(reluctant.taken.withLockedValue { $0 } == [3, 2])
        #expect(isReached.withLockedValue { $0 })
    }
}
