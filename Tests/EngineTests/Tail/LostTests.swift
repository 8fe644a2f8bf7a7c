import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// Gaps that no endpoint gives any more.
struct LostTests {
    private static let day: Int64 = 86_400
    private static let now = 30 * day
    /// The oldest instant that realtime gives.
    private static let edge = 16 * day + 60

    private func settings(asynchronous: Bool = false) -> TailSettings {
        var settings = TailSettings(output: "siem")
        if !asynchronous {
            settings.sweep = nil
            settings.reconcile = nil
        }
        return settings
    }

    /// A tail that was away for almost a month.
    private func driven(_ lanes: [Lane: Coverage] = [.all: Coverage([span(0, 1000)])]) throws -> DrivenTail {
        try DrivenTail(settings(), start: at(0), lanes: lanes, server: at(LostTests.now))
    }

    @Test func `are recorded and named once, are no gaps any more, and are not named again after a restart`() throws {
        var driven = try driven()
        try driven.run(for: .seconds(600))
        let lost = span(1000, LostTests.edge)
        #expect(driven.lost == [lost])
        #expect(driven.ledger?.lost == [.all: Coverage([lost])])
        #expect(driven.ledger?.gaps(of: .all) == [])
        #expect(driven.tail.status.lostGaps == 1)
        #expect(driven.tail.status.lost == lost.duration)
        #expect(driven.tail.status.gap == .zero)
        try driven.restart()
        try driven.run(for: .seconds(600))
        #expect(driven.lost == [])
        #expect(driven.tail.status.lostGaps == 0)
        #expect(driven.tail.status.lost == lost.duration)
        #expect(driven.ledger?.lost == [.all: Coverage([lost])])
    }

    @Test func `are taken up again by an endpoint that reaches further`() throws {
        var driven = try driven()
        try driven.run(for: .seconds(600))
        let audit = SampleAudit(id: SampleAudit.uuid(7), instant: at(5 * LostTests.day))
        driven.archive = SampleArchive([.init(audit, visibleAt: audit.instant)])
        driven.lanes = [.all, Lane(service: nil, endpoint: .asynchronous)]
        try driven.restart(settings(asynchronous: true))
        try driven.run(for: .seconds(7200))
        #expect(driven.ledger?.lost == [:])
        #expect(driven.ledger?.gaps(of: .all) == [])
        #expect(driven.tail.status.delivered == 1)
    }

    @Test func `that only a wrong clock of the server made are read after all`() throws {
        let covered = [span(LostTests.now - 9000, LostTests.now - 3600), span(LostTests.now - 120, LostTests.now)]
        var driven = try DrivenTail(settings(), start: covered[0].start, lanes: [.all: Coverage(covered)], server: at(0))
        driven.server = at(3 * LostTests.now)
        try driven.run(for: .seconds(60))
        #expect(driven.ledger?.lost(of: .all).contains(span(LostTests.now - 3600, LostTests.now - 120)) == true)
        driven.server = at(LostTests.now)
        try driven.run(for: .seconds(600))
        #expect(driven.ledger?.lost == [:])
        #expect(driven.ledger?.coverage(of: .all).contains(span(LostTests.now - 9000, LostTests.now)) == true)
    }

    @Test func `are what could not be read in time, even if it is read later`() throws {
        var driven = try driven([.all: Coverage([span(0, 1000), span(LostTests.now - 120, LostTests.now)])])
        driven.failing = [.all]
        try driven.run(for: .seconds(3600))
        driven.failing = []
        try driven.run(for: .seconds(3600))
        let lost = driven.ledger?.lost(of: .all) ?? Coverage()
        #expect(lost.intervals.count == 1)
        #expect(lost.contains(span(1000, LostTests.edge + 3540)))
        #expect((lost.end ?? at(0)) < at(LostTests.edge + 3900))
        #expect(Coverage(driven.lost) == lost)
        #expect(driven.ledger?.coverage(of: .all).intersection(lost) == Coverage())
        #expect(driven.ledger?.gaps(of: .all) == [])
    }
}
