import AuditCore
import EngineTesting
import Testing

@testable import Engine

struct PageWalkTests {
    private var walk = PageWalk(pageSize: 10, rowLimit: 100)

    private func page(_ first: Int, _ count: Int) -> AuditPage { AuditPage(of: samples(count, first: first)) }

    @Test mutating func `pages are read until the total is reached`() {
        #expect(walk.first == .page(1, size: 10))
        expect(walk.received(page(0, 10), total: 15, pageCount: 2, pageSize: 10), is: .next(.page(2, size: 10)))
        expect(walk.received(page(10, 5), total: 15, pageCount: 2, pageSize: 10), is: .complete)
        #expect(walk.rows == 15)
    }

    @Test mutating func `a short last page of which rows are missing is no end`() {
        _ = walk.received(page(0, 10), total: 15, pageCount: 2, pageSize: 10)
        guard case .inconsistent = walk.received(page(10, 4), total: 15, pageCount: 2, pageSize: 10) else {
            Issue.record("14 rows of 15 were taken for all of them")
            return
        }
    }

    @Test mutating func `a total that changes between pages is inconsistent`() {
        _ = walk.received(page(0, 10), total: 15, pageCount: 2, pageSize: 10)
        let step = walk.received(page(10, 6), total: 16, pageCount: 2, pageSize: 10)
        #expect(step == .inconsistent("the total went from 15 to 16"))
    }

    @Test mutating func `a page that begins with an audit of the one before has shifted`() {
        _ = walk.received(page(0, 10), total: nil, pageCount: nil, pageSize: nil)
        guard case .inconsistent = walk.received(page(9, 10), total: nil, pageCount: nil, pageSize: nil) else {
            Issue.record("the shift was not seen")
            return
        }
    }

    @Test mutating func `a page that has any audit of the one before was sorted anew`() {
        _ = walk.received(page(0, 10), total: 20, pageCount: 2, pageSize: 10)
        let shuffled = AuditPage(of: samples(9, first: 10) + samples(1, first: 4))
        guard case .inconsistent = walk.received(shuffled, total: 20, pageCount: 2, pageSize: 10) else {
            Issue.record("an audit that was shown twice hid another one")
            return
        }
    }

    @Test func `a total that is as large as can be counted is more than that`() {
        var counted = PageWalk(pageSize: 10, rowLimit: 20)
        expect(counted.received(page(0, 10), total: 20, pageCount: 2, pageSize: 10), is: .tooMuch(rows: 20))
        var uncounted = PageWalk(pageSize: 10, rowLimit: 20)
        expect(uncounted.received(page(0, 10), total: nil, pageCount: 2, pageSize: 10), is: .next(.page(2, size: 10)))
        expect(uncounted.received(page(10, 10), total: nil, pageCount: 2, pageSize: 10), is: .tooMuch(rows: 20))
    }

    @Test mutating func `without totals, a page that is not full is the last`() {
        expect(walk.received(page(0, 10), total: nil, pageCount: nil, pageSize: nil), is: .next(.page(2, size: 10)))
        expect(walk.received(page(10, 10), total: nil, pageCount: nil, pageSize: nil), is: .next(.page(3, size: 10)))
        expect(walk.received(page(20, 0), total: nil, pageCount: nil, pageSize: nil), is: .complete)
    }

    @Test mutating func `an empty page is no end where more pages are announced`() {
        _ = walk.received(page(0, 10), total: nil, pageCount: 3, pageSize: 10)
        expect(walk.received(page(0, 0), total: nil, pageCount: 3, pageSize: 10), is: .inconsistent("page 2 of 3 is empty"))
    }

    @Test(arguments: [20, nil])
    func `a page size that the server cut is not taken for the end`(total: Int?) {
        var walk = PageWalk(pageSize: 10, rowLimit: 100)
        let step = walk.received(page(0, 4), total: total, pageCount: total.map { $0 / 4 }, pageSize: 4)
        #expect(step == .inconsistent("the page size 10 was cut to 4"))
    }

    @Test mutating func `fewer audits than the smaller page that the server states are all of them`() {
        expect(walk.received(page(0, 3), total: nil, pageCount: nil, pageSize: 4), is: .complete)
    }

    @Test mutating func `a set beyond the limit is too much, told by its total or by its pages`() {
        expect(walk.received(page(0, 10), total: 101, pageCount: 11, pageSize: 10), is: .tooMuch(rows: 101))
        var untold = PageWalk(pageSize: 10, rowLimit: 20)
        _ = untold.received(page(0, 10), total: nil, pageCount: nil, pageSize: nil)
        expect(untold.received(page(10, 10), total: nil, pageCount: nil, pageSize: nil), is: .tooMuch(rows: 20))
    }

    @Test mutating func `nothing at all is complete`() {
        expect(walk.received(.empty, total: 0, pageCount: 0, pageSize: 10), is: .complete)
    }
}
