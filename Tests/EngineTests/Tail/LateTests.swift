import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// Audits that show up after their time was covered.
struct LateTests {
    private func driven(_ late: [(instant: Int64, visible: Int64)], sweeps: Bool = false) throws -> DrivenTail {
        var settings = TailSettings(output: "siem")
        settings.sweep = sweeps ? .init(every: .seconds(60), back: .seconds(3600)) : nil
        settings.reconcile = nil
        var driven = try DrivenTail(settings, start: at(0), server: at(1000))
        let prompt = (0..<200).map { SampleAudit(id: SampleAudit.uuid($0), instant: at(950 + Int64($0))) }
        driven.archive = SampleArchive(
            prompt.map { .init($0, visibleAt: $0.instant) }
                + late.enumerated().map { index, times in
                    .init(
                        SampleAudit(id: SampleAudit.uuid(1000 + index), instant: at(times.instant)), visibleAt: at(times.visible))
                })
        if sweeps { driven.lanes = [.all, Lane(service: nil, endpoint: .asynchronous)] }
        return driven
    }

    private func counts(_ driven: DrivenTail) -> [Int64: Int] {
        guard let late = driven.ledger?.late else { return [:] }
        let counts = zip(LateArrivals.bounds.map(\.components.seconds) + [.max], late.buckets.map(\.count))
        return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
    }

    @Test func `are counted by how far behind the covered time they were, and prompt ones are not`() throws {
        var driven = try driven([(1002, 1020), (1010, 1100)])
        try driven.run(for: .seconds(300))
        #expect(driven.store.ids(of: "siem").count == 202)
        // Every 15 seconds, up to two seconds before: found at 1030, when 1013 was covered, and at 1105, when 1088 was.
        #expect(counts(driven) == [30: 1, 120: 1])
        #expect(driven.tail.status.late == driven.ledger?.late)
        try driven.restart()
        try driven.run(for: .seconds(300))
        #expect(counts(driven) == [30: 1, 120: 1])
    }

    @Test func `are found and counted by a sweep, once`() throws {
        var driven = try driven([(1010, 1400)], sweeps: true)
        try driven.run(for: .seconds(900))
        #expect(driven.store.ids(of: "siem").count == 201)
        #expect(counts(driven) == [600: 1])
    }

    @Test func `are not those that fill a gap`() throws {
        var driven = try driven([])
        driven.failing = [.all]
        try driven.run(for: .seconds(900))
        driven.failing = []
        try driven.run(for: .seconds(300))
        #expect(driven.store.ids(of: "siem").count == 200)
        #expect(driven.ledger?.late.isEmpty == true)
    }

    @Test func `suggest an overlap once enough are known, and never one shorter than the least`() {
        func suggestion(_ seconds: [Int64: Int], least: Int64 = 1) -> Duration? {
            var late = LateArrivals()
            for (delay, count) in seconds { for _ in 0..<count { late.add(1, delay: .seconds(delay)) } }
            return late.suggestedOverlap(atLeast: .seconds(least))
        }
        #expect(suggestion([3: 99]) == nil)
        #expect(suggestion([3: 100]) == .seconds(5))
        #expect(suggestion([3: 100], least: 120) == .seconds(120))
        #expect(suggestion([5: 998, 6: 2]) == .seconds(10))
        #expect(suggestion([5: 999, 6: 1]) == .seconds(5))
        #expect(suggestion([400_000: 100]) == .seconds(172_800))
    }

    @Test func `are summed, and counted beyond an overlap`() {
        var late = LateArrivals()
        for seconds in [1, 2, 60, 61, 300, 400_000] as [Int64] { late.add(1, delay: .seconds(seconds)) }
        #expect(late.delay == .seconds(400_424))
        #expect(late.count(beyond: .seconds(60)) == 3)
        #expect(late.count(beyond: .seconds(172_800)) == 1)
        #expect(late.longestBound == nil)
        var twice = late
        twice.add(late)
        #expect(twice.count == 12 && twice.buckets.map(\.count) == late.buckets.map { $0.count * 2 })
    }
}
