import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// What a tail says of itself in the stream.
struct RecordTests {
    private static let now: Int64 = 30 * 86_400
    /// The oldest instant that realtime gives.
    private static let edge: Int64 = 16 * 86_400 + 60

    private func settings(heartbeat: Duration? = nil, recordsGaps: Bool = false) -> TailSettings {
        var settings = TailSettings(output: "siem")
        settings.sweep = nil
        settings.reconcile = nil
        settings.heartbeat = heartbeat
        settings.recordsGaps = recordsGaps
        return settings
    }

    private func driven(_ settings: TailSettings, covered: Interval = span(now - 3600, now - 60)) throws -> DrivenTail {
        try DrivenTail(settings, start: covered.start, lanes: [.all: Coverage([covered])], server: at(RecordTests.now))
    }

    @Test func `nothing, unless it is asked to`() throws {
        var driven = try driven(settings(), covered: span(0, 1000))
        try driven.run(for: .seconds(600))
        #expect(driven.records == [] && driven.lost.count == 1)
    }

    @Test func `a heartbeat at the beginning and on the minute, with how far it has come`() throws {
        var driven = try driven(settings(heartbeat: .seconds(60)))
        driven.archive = SampleArchive(
            (0..<3).map { .init(SampleAudit(id: SampleAudit.uuid($0), instant: at(RecordTests.now - 30)), visibleAt: at(0)) })
        try driven.run(for: .seconds(90))
        #expect(driven.records.count == 2)
        let first = "{\"auditferry\":\"heartbeat\",\"time\":\"\(at(RecordTests.now))\",\"output\":\"siem\","
        #expect(driven.records[0].hasPrefix(first + "\"followed_until\":\"\(at(RecordTests.now - 60))\",\"delivered\":0,"))
        #expect(driven.records[1].contains("\"time\":\"\(at(RecordTests.now + 60))\""))
        #expect(driven.records[1].hasSuffix("\"delivered\":3,\"unacknowledged\":0,\"gap_seconds\":0,\"lost_seconds\":0}"))
        #expect(driven.tail.status.delivered == 3, "a heartbeat is no audit")
        #expect(driven.store.ids(of: "siem").count == 3, "and has no place in the ledger")
    }

    @Test func `no heartbeat on top of another one, while the output takes none`() throws {
        var driven = try driven(settings(heartbeat: .seconds(60)))
        driven.isRefusing = true
        try driven.run(for: .seconds(3600))
        #expect(Set(driven.records).count == 1)
        #expect(driven.tail.status.unacknowledged == 0)
        driven.isRefusing = false
        try driven.run(for: .seconds(150))
        #expect(Set(driven.records).count >= 3)
    }

    @Test func `a gap is named before it is recorded, and once`() throws {
        var driven = try driven(settings(recordsGaps: true), covered: span(0, 1000))
        driven.isRefusing = true
        try driven.run(for: .seconds(600))
        #expect(driven.ledger?.lost == [:])
        try driven.restart()
        driven.isRefusing = false
        let before = driven.records.count
        try driven.run(for: .seconds(7200))
        let lost = try #require(driven.ledger?.lost[.all]?.intervals.first)
        #expect(lost.start == at(1000) && lost.end >= at(RecordTests.edge))
        let last = driven.records.dropFirst(before)
        #expect(last.count == 1)
        #expect(
            last.first?.hasSuffix(
                "\"lane\":\"all\",\"start\":\"\(lost.start)\",\"end\":\"\(lost.end)\",\"seconds\":\(lost.duration.components.seconds)}"
            )
                == true)
        #expect(driven.ledger?.gaps(of: .all) == [])
    }
}
