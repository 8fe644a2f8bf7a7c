import AuditCore
import EngineTesting
import Testing

@testable import Engine

struct BatchesTests {
    private func sizes(_ paddings: [Int], events: Int, bytes: Int) -> [Int] {
        let audits = AuditPage(of: paddings.map { SampleAudit(id: "a", instant: at(0), padding: $0) }).audits
        return Tail.batches(of: audits, events: events, bytes: bytes).map(\.count)
    }

    @Test func `a batch holds no more audits and bytes than allowed, and a larger audit stands alone`() {
        #expect(sizes([Int](repeating: 10, count: 7), events: 3, bytes: 100_000) == [3, 3, 1])
        #expect(sizes([400, 400, 400], events: 10, bytes: 1000) == [2, 1])
        #expect(sizes([10, 5000, 10], events: 10, bytes: 1000) == [1, 1, 1])
        #expect(sizes([], events: 10, bytes: 1000) == [])
    }

    @Test func `a page of which little is wanted does not stay in memory`() {
        let page = AuditPage(of: (0..<50).map { SampleAudit(id: "audit-\($0)", instant: at(Int64($0)), padding: 200) })
        let wanted = [page.audits[3], page.audits[40]]
        let (kept, moved) = page.holding(wanted)
        #expect(kept.bytes.count == wanted.reduce(0) { $0 + $1.end - $1.start })
        #expect(moved.map(\.id) == wanted.map(\.id))
        for (before, after) in zip(wanted, moved) {
            #expect(page.bytes[before.start..<before.end] == kept.bytes[after.start..<after.end])
        }
        #expect(page.holding(page.audits).page.bytes == page.bytes)
    }

    @Test func `the ledger notes the first and the last instant, and now where there is none`() {
        let batch = Batch(1, of: [SampleAudit(id: "b", instant: at(9)), SampleAudit(id: "a", instant: at(4))])
        let ids = [AuditID("b"), AuditID("a")]
        #expect(batch.acknowledged(orElse: at(99)) == AcknowledgedBatch(first: at(4), last: at(9), ids: ids))
        let undated = RawAudit(id: AuditID("x"), instant: nil, start: 0, end: 1, hasWhitespace: false)
        let alone = Batch(sequence: 1, page: AuditPage(bytes: [0x7b], audits: [undated]), audits: [undated])
        #expect(alone.acknowledged(orElse: at(99)).first == at(99))
    }

    @Test func `an audit without an id is told from another by its bytes`() {
        let batch = Batch(1, of: [SampleAudit(id: nil, instant: at(1)), SampleAudit(id: nil, instant: at(2))])
        #expect(batch.isUnidentified)
        #expect(Set(batch.acknowledged(orElse: at(0)).ids).count == 2)
    }
}
