import AuditCore
import Testing

@testable import Engine

struct LedgerTests {
    private let architect = Lane(service: "Architect")
    private let routing = Lane(service: "Routing")

    @Test func `a lane that has nothing begins where the output began`() {
        let ledger = Ledger(start: at(100))
        #expect(ledger.frontier(of: .all) == at(100))
        #expect(ledger.gaps(of: .all).isEmpty)
    }

    @Test func `what lies between two covered intervals is a gap, and so is what lies before the first`() {
        var ledger = Ledger(start: at(0))
        ledger.cover(span(10, 20), of: .all)
        ledger.cover(span(30, 40), of: .all)
        #expect(ledger.gaps(of: .all) == [span(0, 10), span(20, 30)])
        #expect(ledger.frontier(of: .all) == at(40))
    }

    @Test func `time before the output's beginning is no gap`() {
        var ledger = Ledger(start: at(15))
        ledger.cover(span(10, 20), of: .all)
        #expect(ledger.gaps(of: .all).isEmpty)
    }

    @Test func `a service takes over what the lane of all services had`() {
        var ledger = Ledger(start: at(0), lanes: [.all: Coverage([span(0, 50)])])
        expect(ledger.adopt([architect, routing]), is: [architect, routing])
        #expect(ledger.coverage(of: routing).intervals == [span(0, 50)])
    }

    @Test func `the lane of all services takes nothing over: another service may never have been read`() {
        var ledger = Ledger(start: at(0), lanes: [architect: Coverage([span(0, 50)])])
        expect(ledger.adopt([.all]), is: [])
        #expect(ledger.frontier(of: .all) == at(0))
    }

    @Test func `a service that appears later is read from the output's beginning`() {
        var ledger = Ledger(start: at(0), lanes: [architect: Coverage([span(0, 50)])])
        expect(ledger.adopt([architect, routing]), is: [])
        #expect(ledger.frontier(of: routing) == at(0))
    }

    @Test func `what all services had, a service has beside its own`() {
        let own = Coverage([span(0, 10), span(80, 90)])
        var ledger = Ledger(start: at(0), lanes: [.all: Coverage([span(5, 50)]), architect: own])
        expect(ledger.adopt([architect, routing]), is: [architect, routing])
        #expect(ledger.coverage(of: architect).intervals == [span(0, 50), span(80, 90)])
        #expect(ledger.coverage(of: routing).intervals == [span(5, 50)])
        expect(ledger.adopt([architect, routing]), is: [])
    }

    @Test func `ids are needed as long as the oldest gap can be read, with the overlap before it`() {
        var ledger = Ledger(start: at(0))
        ledger.cover(span(0, 1000), of: .all)
        ledger.cover(span(2000, 9000), of: .all)
        let needed = ledger.idsNeeded(since: [.all], retention: .seconds(600), overlap: .seconds(120))
        #expect(needed == at(1000 - 120 - 60))
        ledger.cover(span(1000, 2000), of: .all)
        #expect(ledger.idsNeeded(since: [.all], retention: .seconds(600), overlap: .seconds(120)) == at(9000 - 600 - 60))
    }

    @Test func `a gap that nothing can read any more keeps no ids`() {
        var ledger = Ledger(start: at(0))
        ledger.cover(span(0, 1000), of: .all)
        ledger.cover(span(2000, 9000), of: .all)
        let needed = { (horizon: Int64) in
            ledger.idsNeeded(since: [.all], retention: .seconds(600), overlap: .seconds(120), horizon: at(horizon))
        }
        #expect(needed(1500) == at(1500 - 120 - 60))
        #expect(needed(2000) == at(9000 - 600 - 60))
    }

    @Test func `what is lost is no gap, keeps no ids, and is not covered any more`() {
        var ledger = Ledger(start: at(0))
        ledger.cover(span(0, 1000), of: .all)
        ledger.cover(span(2000, 9000), of: .all)
        ledger.lose(Coverage([span(1000, 1500)]), of: .all)
        #expect(ledger.gaps(of: .all) == [span(1500, 2000)])
        let needed = { ledger.idsNeeded(since: [.all], retention: .seconds(600), overlap: .seconds(120)) }
        #expect(needed() == at(1500 - 120 - 60))
        ledger.lose(Coverage([span(1000, 2000)]), of: .all)
        #expect(ledger.gaps(of: .all) == [])
        #expect(needed() == at(9000 - 600 - 60))
        ledger.cover(span(900, 2100), of: .all)
        #expect(ledger.coverage(of: .all).intervals == [span(0, 1000), span(2000, 9000)])
    }

    @Test func `what is lost of all services is lost of a service, but for what that has`() {
        var ledger = Ledger(
            start: at(0), lanes: [.all: Coverage([span(50, 90)]), architect: Coverage([span(0, 20)])],
            lost: [.all: Coverage([span(0, 50)])])
        expect(ledger.adopt([architect, routing]), is: [architect, routing])
        #expect(
            ledger.lost == [.all: Coverage([span(0, 50)]), architect: Coverage([span(20, 50)]), routing: Coverage([span(0, 50)])])
        expect(ledger.adopt([architect, routing]), is: [])
    }

    @Test func `the lane that is furthest behind decides which ids are needed`() {
        let ledger = Ledger(start: at(0), lanes: [architect: Coverage([span(0, 9000)]), routing: Coverage([span(0, 5000)])])
        let needed = ledger.idsNeeded(since: [architect, routing], retention: .seconds(600), overlap: .seconds(120))
        #expect(needed == at(5000 - 660))
    }

    @Test func `a later change is added to an earlier one`() {
        var change = LedgerChange(output: "siem")
        change.start = at(0)
        change.acknowledged = [acknowledged(0, 1, [1])]
        change.coverage = [.all: Coverage([span(0, 1)]), architect: Coverage([span(0, 5)])]
        change.lost = [.all: Coverage([span(5, 6)]), architect: Coverage([span(5, 7)])]
        change.late = LateArrivals()
        change.forgetBefore = at(-5)
        var later = LedgerChange(output: "siem")
        later.acknowledged = [acknowledged(1, 2, [2, 3])]
        later.coverage = [.all: Coverage([span(0, 2)])]
        later.lost = [.all: Coverage([span(5, 8)])]
        var late = LateArrivals()
        late.add(1, delay: .seconds(3))
        later.late = late
        change.append(later)
        #expect(change.lost == [.all: Coverage([span(5, 8)]), architect: Coverage([span(5, 7)])])
        #expect(change.late == late)
        #expect(change.start == at(0))
        #expect(change.count == 3)
        #expect(change.acknowledged.map(\.ids) == [ids([1]), ids([2, 3])])
        #expect(change.coverage == [.all: Coverage([span(0, 2)]), architect: Coverage([span(0, 5)])])
        #expect(change.forgetBefore == at(-5))
    }
}
