import AuditCore
import EngineTesting
import Testing

@testable import Engine

struct PassTests {
    private static var limits: ReadingLimits {
        var limits = ReadingLimits()
        limits.pageSize = 100
        limits.windowRows = 1000
        limits.comfortableRows = 500
        return limits
    }

    private func pass(_ interval: Interval, reach: Duration) -> Pass {
        Pass(
            ring: .catchUp, lane: .all, interval: interval, reach: Reach(reach, limits: PassTests.limits), pageSize: 100,
            limits: PassTests.limits)
    }

    private func reading(_ count: Int, total: Int? = nil, pageSize: Int? = nil) -> PageReading {
        let rest = PageReading.Rest.numbered(total: total ?? count, pageCount: nil, pageSize: pageSize)
        return PageReading(page: AuditPage(of: samples(count)), rest: rest)
    }

    @Test func `it reads window after window, each from a margin before it`() {
        var pass = pass(span(0, 100), reach: .seconds(60))
        #expect(pass.request.interval == span(-1, 60))
        expect(pass.received(reading(40)), is: .covered(span(0, 60), isLast: false))
        #expect(pass.request.interval == span(59, 100))
        expect(pass.received(reading(0)), is: .covered(span(60, 100), isLast: true))
    }

    @Test func `a window that holds too many rows is cut to what is comfortable`() {
        var pass = pass(span(0, 1000), reach: .seconds(1000))
        guard case .split = pass.received(reading(100, total: 5000)) else {
            Issue.record("it was not split")
            return
        }
        #expect(pass.window == span(0, 100))
        #expect(pass.position == .page(1, size: 100))
    }

    @Test func `pages are not put together while audits age out before them`() {
        func reading(_ first: Int, _ count: Int) -> PageReading {
            let rest = PageReading.Rest.numbered(total: nil, pageCount: nil, pageSize: nil)
            return PageReading(page: AuditPage(of: samples(count, first: first)), rest: rest)
        }
        var pass = pass(span(0, 1000), reach: .seconds(1000))
        expect(pass.received(reading(0, 100), horizon: at(0)), is: .reading)
        guard case .split = pass.received(reading(100, 50), horizon: at(10)) else {
            Issue.record("it was not split")
            return
        }
        expect(pass.received(reading(0, 60), horizon: at(20)), is: .covered(span(0, 500), isLast: false))
        expect(pass.received(reading(500, 100), horizon: at(30)), is: .reading)
        expect(pass.received(reading(600, 0), horizon: at(40)), is: .covered(span(500, 1000), isLast: true))
    }

    @Test func `a window that is refused is halved, down to one second, and then goes to the asynchronous endpoint`() {
        var pass = pass(span(0, 1000), reach: .seconds(1000))
        var lengths: [Int64] = []
        for _ in 0..<20 where !pass.asynchronous {
            expect(pass.refusedAsTooMuch("413"), is: .split("413"))
            lengths.append(pass.window.duration.components.seconds)
        }
        #expect(lengths == [500, 250, 125, 62, 31, 15, 7, 3, 1, 1])
        #expect(pass.request.position == .asynchronous(nil))
    }

    @Test func `the asynchronous endpoint is followed to its end, and left after the window`() {
        var pass = pass(span(0, 10), reach: .seconds(1))
        _ = pass.refusedAsTooMuch("413")
        let first = Continuation(transactionID: "t", cursor: nil)
        expect(pass.received(PageReading(page: .empty, rest: .continued(first))), is: .reading)
        #expect(pass.request.position == .asynchronous(first))
        let rest = PageReading(page: AuditPage(of: samples(3)), rest: .continued(nil))
        expect(pass.received(rest), is: .covered(span(0, 1), isLast: false))
        #expect(pass.request.position == .page(1, size: 100))
    }

    @Test func `a query that is gone is asked for again from its beginning`() {
        var pass = pass(span(0, 10), reach: .seconds(1))
        _ = pass.refusedAsTooMuch("413")
        _ = pass.received(PageReading(page: .empty, rest: .continued(Continuation(transactionID: "t", cursor: "c"))))
        expect(pass.lost("404"), is: .again("404"))
        #expect(pass.request.position == .asynchronous(nil))
    }

    @Test func `a refused page size is halved, and at its smallest the window is split`() {
        var pass = pass(span(0, 100), reach: .seconds(100))
        expect(pass.refusedPageSize("400"), is: .again("400; pages of 50 from now on"))
        expect(pass.refusedPageSize("400"), is: .again("400; pages of 25 from now on"))
        #expect(pass.request.position == .page(1, size: 25))
        expect(pass.refusedPageSize("400"), is: .split("400"))
        #expect(pass.acceptedPageSize == 25)
    }

    @Test func `an asynchronous query that never ends is asked for again`() {
        var limits = PassTests.limits
        limits.looksAtQuery = 3
        let reach = Reach(.seconds(1), limits: limits)
        var pass = Pass(ring: .live, lane: .all, interval: span(0, 1), reach: reach, pageSize: 25, limits: limits)
        _ = pass.refusedAsTooMuch("too much")
        #expect(pass.request.position == .asynchronous(nil))
        let running = PageReading(page: .empty, rest: .continued(Continuation(transactionID: "t", cursor: nil)))
        for _ in 0..<3 { expect(pass.received(running), is: .reading) }
        expect(pass.received(running), is: .again("the asynchronous query does not end"))
        #expect(pass.request.position == .asynchronous(nil))
    }

    @Test func `a query that is lost is asked again, and then in two halves`() {
        let lane = Lane(service: nil, endpoint: .asynchronous)
        let reach = Reach(.seconds(100), limits: PassTests.limits)
        var pass = Pass(
            ring: .reconcile, lane: lane, interval: span(0, 100), reach: reach, pageSize: 25, limits: PassTests.limits)
        expect(pass.lost("it failed"), is: .again("it failed"))
        #expect(pass.window == span(0, 100))
        expect(pass.lost("it failed"), is: .split("it failed"))
        #expect(pass.window == span(0, 50))
        expect(pass.lost("it failed"), is: .again("it failed"))
    }

    @Test func `a page size that the server cut is used from then on`() {
        var pass = pass(span(0, 100), reach: .seconds(100))
        guard case .again = pass.received(reading(40, total: 200, pageSize: 40)) else {
            Issue.record("the cut page was accepted")
            return
        }
        #expect(pass.request.position == .page(1, size: 40))
    }

    @Test func `pages that never fit together are read again a bounded number of times`() {
        var pass = pass(span(0, 100), reach: .seconds(100))
        for _ in 0..<PassTests.limits.repetitions {
            expect(pass.received(reading(3, total: 4)), is: .again("3 audits were shown of 4"))
        }
        expect(pass.received(reading(3, total: 4)), is: .split("3 audits were shown of 4"))
    }

    @Test func `the reach grows back after a window was read, at most twofold, and never beyond its limit`() {
        var reach = Reach(.seconds(600), limits: PassTests.limits)
        reach.shrink(from: .seconds(600), rows: nil)
        #expect(reach.length == .seconds(300))
        reach.adapt(to: .seconds(300), rows: 0)
        #expect(reach.length == .seconds(600))
        reach.adapt(to: .seconds(600), rows: 1)
        #expect(reach.length == .seconds(1200))
        reach.adapt(to: .seconds(1000), rows: 1000)
        #expect(reach.length == .seconds(500))
        for _ in 0..<30 { reach.adapt(to: reach.length, rows: 0) }
        #expect(reach.length == PassTests.limits.longestWindow)
        for _ in 0..<40 { reach.shrink(from: reach.length, rows: nil) }
        #expect(reach.length == PassTests.limits.shortestWindow && reach.isShortest)
    }
}
