import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// What several lanes owe each other.
struct LanesTests {
    private let architect = Lane(service: "Architect")
    private let routing = Lane(service: "Routing")

    @Test func `a lane that cannot be read does not keep another from being read`() throws {
        var driven = try DrivenTail(TailSettings(output: "siem"), start: at(0), server: at(1000))
        driven.lanes = [architect, routing]
        driven.failing = [architect]
        try driven.run(for: .seconds(3600))
        #expect(driven.reads[routing, default: 0] > 60)
        #expect(driven.reads[architect, default: 0] > 10)
        #expect(driven.reads[architect, default: 0] < 400)
    }

    @Test func `what the server's clock said wrongly is not covered, nor what is beyond the retention`() {
        var slot = PassSlot(ring: .live, backoff: Backoff(first: .seconds(1), most: .seconds(60), seed: 1))
        let limits = ReadingLimits()
        let pass = Pass(
            ring: .live, lane: .all, interval: span(0, 900), reach: Reach(.seconds(900), limits: limits), pageSize: 500,
            limits: limits)
        slot.begin(pass, coverableUntil: at(898))
        #expect(slot.coverable(span(0, 900), settled: at(1000), horizon: .distantPast) == span(0, 898))
        #expect(slot.coverable(span(0, 900), settled: at(700), horizon: .distantPast) == span(0, 700))
        #expect(slot.coverable(span(800, 900), settled: at(700), horizon: .distantPast) == nil)
        // Nor is what may have aged out before it was read.
        #expect(slot.coverable(span(0, 900), settled: at(1000), horizon: at(300)) == span(300, 898))
        #expect(slot.coverable(span(0, 900), settled: at(1000), horizon: at(899)) == nil)
    }
}
