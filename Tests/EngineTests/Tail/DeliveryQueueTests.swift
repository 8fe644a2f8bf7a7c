import AuditCore
import EngineTesting
import Testing

@testable import Engine

struct DeliveryQueueTests {
    private static let down = Answer.refusedForNow(Refusal("down"))
    private var queue = DeliveryQueue(window: 3, backoff: Backoff(first: .seconds(2), most: .seconds(60), seed: 1))

    /// Batches of one audit each, each with the coverage of its second.
    private mutating func fill(_ count: Int) {
        for number in 0..<count {
            let page = AuditPage(of: samples(1, first: number))
            queue.append(page.audits, of: page)
            queue.mark(.covered(.all, span(Int64(number), Int64(number) + 1)))
        }
    }

    private mutating func hand(at now: Duration = .zero) -> Int? {
        guard let batch = queue.next(at: now) else { return nil }
        queue.taken()
        return batch.sequence
    }

    private mutating func settled() -> [Interval] {
        queue.settled().compactMap { mark in
            guard case .covered(_, let interval) = mark.meaning else { return nil }
            return interval
        }
    }

    @Test mutating func `no more batches are handed in than the output answers for`() {
        fill(5)
        for sequence in [1, 2, 3, nil] { expect(hand(), is: sequence) }
        _ = queue.answered(2, .acknowledged, at: .zero)
        expect(hand(), is: 4)
    }

    @Test mutating func `no more than two batches wait for an output that has not taken the first`() {
        fill(5)
        expect(queue.next(at: .zero)?.sequence, is: 1)
        expect(queue.next(at: .zero)?.sequence, is: 2)
        expect(queue.next(at: .zero)?.sequence, is: nil)
        queue.taken()
        expect(queue.next(at: .zero)?.sequence, is: 3)
    }

    @Test mutating func `time is covered only when every earlier batch is acknowledged, too`() {
        fill(3)
        for _ in 0..<3 { _ = hand() }
        _ = queue.answered(2, .acknowledged, at: .zero)
        _ = queue.answered(3, .acknowledged, at: .zero)
        expect(settled(), is: [])
        _ = queue.answered(1, .acknowledged, at: .zero)
        expect(settled(), is: [span(0, 1), span(1, 2), span(2, 3)])
        #expect(queue.isEmpty)
        #expect(queue.bytes == 0 && queue.count == 0)
    }

    @Test mutating func `time in which nothing was is covered at once`() {
        queue.mark(.covered(.all, span(0, 60)))
        expect(settled(), is: [span(0, 60)])
    }

    @Test mutating func `refused batches are handed in again in their order`() {
        fill(4)
        for _ in 0..<3 { _ = hand() }
        for sequence in [2, 1, 3] { _ = queue.answered(sequence, DeliveryQueueTests.down, at: .zero) }
        var order: [Int] = []
        while let sequence = hand(at: .seconds(100)) {
            order.append(sequence)
            _ = queue.answered(sequence, .acknowledged, at: .seconds(100))
        }
        #expect(order == [1, 2, 3, 4])
    }

    @Test mutating func `an output that refuses is left alone, then tried with one batch until it takes it`() {
        fill(5)
        for _ in 0..<3 { _ = hand() }
        guard case .refused(_, let wait) = queue.answered(1, DeliveryQueueTests.down, at: .zero) else {
            Issue.record("the refusal made no wait")
            return
        }
        for sequence in [2, 3] {
            guard case .stillRefused = queue.answered(sequence, DeliveryQueueTests.down, at: .zero) else {
                Issue.record("the same outage made the wait longer")
                return
            }
        }
        #expect(queue.wake == wait)
        expect(hand(at: wait - .milliseconds(1)), is: nil)
        expect(queue.next(at: wait)?.sequence, is: 1)
        expect(queue.next(at: wait)?.sequence, is: nil)
        guard case .acknowledged(_, apart: 0, recovered: true) = queue.answered(1, .acknowledged, at: wait) else {
            Issue.record("the recovery was not told")
            return
        }
    }

    @Test mutating func `a wait outlives the acknowledgement of another batch, and ends by itself`() {
        fill(2)
        for _ in 0..<2 { _ = hand() }
        _ = queue.answered(1, .refusedForNow(Refusal("down", delay: .seconds(30))), at: .zero)
        _ = queue.answered(2, .acknowledged, at: .zero)
        expect(hand(), is: nil)
        #expect(queue.wake == .seconds(30))
        expect(hand(at: .seconds(30)), is: 1)
    }

    @Test mutating func `a receiver that is gone for good ends the run, and its batch is not lost`() {
        fill(1)
        _ = hand()
        guard case .ended = queue.answered(1, .refusedForNow(Refusal("closed", isFinal: true)), at: .zero) else {
            Issue.record("the run went on")
            return
        }
        #expect(!queue.isEmpty)
        expect(settled(), is: [])
    }

    @Test mutating func `the output is drained once for each time that everything is handed in`() {
        fill(1)
        expect(queue.shouldDrain(isLast: true, bytes: 1 << 20), is: false)
        _ = hand()
        expect(queue.shouldDrain(isLast: false, bytes: 1 << 20), is: false)
        expect(queue.shouldDrain(isLast: true, bytes: 1 << 20), is: true)
        expect(queue.shouldDrain(isLast: true, bytes: 1 << 20), is: false)
        _ = queue.answered(1, DeliveryQueueTests.down, at: .zero)
        expect(queue.shouldDrain(isLast: true, bytes: 1 << 20), is: false)
        _ = hand(at: .seconds(100))
        expect(queue.shouldDrain(isLast: true, bytes: 1 << 20), is: true)
    }

    @Test mutating func `the output is drained whenever it owes more than it should, although more follows`() {
        fill(4)
        _ = hand()
        let owed = queue.bytes / 4
        expect(queue.shouldDrain(isLast: false, bytes: owed + 1), is: false)
        _ = hand()
        expect(queue.shouldDrain(isLast: false, bytes: owed + 1), is: true)
        expect(queue.shouldDrain(isLast: false, bytes: owed + 1), is: false)
    }
}
