import AuditCore
import Testing

@testable import Engine

struct DeduplicatorTests {
    @Test func `an id is fresh once`() {
        var deduplicator = Deduplicator()
        expect(deduplicator.insert(AuditID("a")), is: true)
        expect(deduplicator.insert(AuditID("a")), is: false)
    }

    @Test func `two spellings that look alike are two ids`() {
        var deduplicator = Deduplicator()
        expect(deduplicator.insert(AuditID("caf\u{e9}")), is: true)
        expect(deduplicator.insert(AuditID("cafe\u{301}")), is: true)
        expect(deduplicator.insert(AuditID("6B29FC40-CA47-1067-B31D-00DD010662DA")), is: true)
        expect(deduplicator.insert(AuditID("6b29fc40-ca47-1067-b31d-00dd010662da")), is: true)
    }

    @Test func `what is not committed is never forgotten`() {
        var deduplicator = Deduplicator()
        _ = deduplicator.insert(ids([1])[0])
        deduplicator.keep([])
        #expect(deduplicator.isKnown(ids([1])[0]))
    }

    @Test func `what is committed is forgotten outside of what is kept`() {
        var deduplicator = Deduplicator()
        for id in ids([1, 2]) { _ = deduplicator.insert(id) }
        deduplicator.commit(acknowledged(0, 1, [1]))
        deduplicator.commit(acknowledged(600, 601, [2]))
        deduplicator.keep([span(590, 700)])
        #expect(!deduplicator.isKnown(ids([1])[0]))
        #expect(deduplicator.isKnown(ids([2])[0]))
        #expect(deduplicator.count == 1)
    }

    @Test func `a batch is kept whose first audits lie within, although its last does not`() {
        var deduplicator = Deduplicator()
        for id in ids([1, 2]) { _ = deduplicator.insert(id) }
        deduplicator.commit(acknowledged(30, 600, [1, 2]))
        deduplicator.keep([span(0, 120)])
        #expect(deduplicator.isKnown(ids([1])[0]))
    }

    @Test func `what the store knows is known, and kept like anything committed`() {
        var deduplicator = Deduplicator()
        deduplicator.load([acknowledged(10, 20, [1, 2])], of: span(0, 60))
        #expect(deduplicator.hasLoaded(span(0, 60)))
        #expect(!deduplicator.hasLoaded(span(0, 61)))
        expect(deduplicator.insert(ids([2])[0]), is: false)
        deduplicator.keep([span(40, 60)])
        #expect(!deduplicator.hasLoaded(span(0, 60)))
        #expect(deduplicator.hasLoaded(span(40, 60)))
        deduplicator.keep([span(600, 660)])
        #expect(deduplicator.count == 0)
    }

    @Test func `an id in flight stays known although the store, asked before, did not know it`() {
        var deduplicator = Deduplicator()
        _ = deduplicator.insert(ids([1])[0])
        deduplicator.load([], of: span(0, 60))
        deduplicator.commit(acknowledged(10, 10, [1]))
        deduplicator.keep([span(0, 60)])
        expect(deduplicator.insert(ids([1])[0]), is: false)
    }
}
