import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// Which ids a tail has its store forget.
struct ForgettingTests {
    private static let day: Int64 = 86_400

    /// The ids that are kept a week after an audit was delivered.
    private func kept(whileWaiting ring: Ring?) throws -> Set<AuditID> {
        let now = 10 * ForgettingTests.day
        var driven = try DrivenTail(TailSettings(output: "siem"), start: at(now - 3 * ForgettingTests.day), server: at(now))
        driven.lanes = [.all, Lane(service: nil, endpoint: .asynchronous)]
        let audit = SampleAudit(id: SampleAudit.uuid(1), instant: at(now - ForgettingTests.day / 2))
        driven.archive = SampleArchive([.init(audit, visibleAt: audit.instant)])
        try driven.run(for: .seconds(7200))
        #expect(driven.tail.status.delivered == 1)
        driven.waitingForStore = ring
        try driven.run(for: .seconds(7 * ForgettingTests.day))
        return driven.store.ids(of: "siem")
    }

    @Test func `those that no ring reads again are forgotten`() throws {
        #expect(try kept(whileWaiting: nil) == [])
    }

    @Test func `those of a reading that has waited for days are kept`() throws {
        #expect(try kept(whileWaiting: .reconcile) == Set(ids([1])))
    }
}
