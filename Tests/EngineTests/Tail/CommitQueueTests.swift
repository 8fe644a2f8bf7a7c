import AuditCore
import Testing

@testable import Engine

struct CommitQueueTests {
    private var queue = CommitQueue(output: "siem", backoff: Backoff(first: .seconds(2), most: .seconds(60), seed: 1))

    @Test mutating func `one transaction is under way at a time, and the next holds all that came meanwhile`() {
        queue.acknowledged(acknowledged(0, 1, [1]))
        expect(queue.next(at: .zero)?.count, is: 1)
        queue.acknowledged(acknowledged(1, 2, [2]))
        queue.acknowledged(acknowledged(2, 3, [3]))
        expect(queue.next(at: .zero)?.count, is: nil)
        #expect(queue.count == 3)
        expect(queue.committed().acknowledged.map(\.ids), is: [ids([1])])
        expect(queue.next(at: .zero)?.acknowledged.map(\.ids), is: [ids([2]), ids([3])])
    }

    @Test mutating func `a failed transaction is written again, before what came later, and with its coverage`() {
        queue.acknowledged(acknowledged(0, 1, [1]))
        queue.covered(Coverage([span(0, 1)]), of: .all)
        _ = queue.next(at: .zero)
        queue.acknowledged(acknowledged(1, 2, [2]))
        queue.covered(Coverage([span(0, 2)]), of: .all)
        let wait = queue.failed(at: .zero)
        #expect(queue.isFailing && queue.wake == wait)
        expect(queue.next(at: wait - .milliseconds(1)), is: nil)
        let again = queue.next(at: wait)
        #expect(again?.acknowledged.map(\.ids) == [ids([1]), ids([2])])
        #expect(again?.coverage == [.all: Coverage([span(0, 2)])])
        _ = queue.committed()
        #expect(queue.isEmpty && !queue.isFailing)
    }

    @Test mutating func `nothing to write is no transaction`() {
        expect(queue.next(at: .zero), is: nil)
        #expect(queue.wake == nil && queue.isEmpty)
    }
}
