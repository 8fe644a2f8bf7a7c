import AuditCore
import Engine

/// What a store's test brings along.
public protocol StoreBench: Sendable {
    /// Opens the store as a starting process would, hands it to `work`, and lets it go as an ending one does. Whatever is opened later by the
    /// same bench sees the same contents.
    func withStore(_ work: (any Store) async throws -> Void) async throws
}

/// The promises of `Store`, each against a bench of its own. A store's test runs all of them.
public enum StoreConformance: String, CaseIterable, Sendable {
    case nothingIsThereBeforeItBegan = "nothing is there before it began"
    case anOutputBeginsOnce = "an output begins once"
    case aChangeIsWrittenAsAWhole = "a change is written as a whole"
    case aFailedChangeChangesNothing = "a failed change changes nothing"
    case coverageIsReplacedPerLane = "coverage is replaced per lane"
    case endpointsAreLanesOfTheirOwn = "the lanes of the two endpoints are told apart"
    case queriesAreKeptUntilTheyAreDone = "a query in progress is kept, replaced and dropped, per ring"
    case lostTimeIsKept = "what is lost is kept beside the coverage, and replaced per lane"
    case lateArrivalsAreKept = "the figures of late arrivals are kept, and replaced as a whole"
    case outputsAreIndependent = "outputs are independent"
    case idsAreExact = "ids are exact"
    case batchesAreFoundByTime = "batches are found by time"
    case forgettingKeepsWhatReachesWithin = "forgetting keeps what reaches within"
    case aRestartSeesEverything = "a restart sees everything"

    /// - Throws: `Violation`, or what the store threw.
    public func check(_ bench: some StoreBench) async throws {
        switch self {
        case .nothingIsThereBeforeItBegan: try await bench.withStore { try await checkNothing($0) }
        case .anOutputBeginsOnce: try await bench.withStore { try await checkBeginning($0) }
        case .aChangeIsWrittenAsAWhole: try await checkWhole(bench)
        case .aFailedChangeChangesNothing: try await bench.withStore { try await checkFailure($0) }
        case .coverageIsReplacedPerLane: try await bench.withStore { try await checkCoverage($0) }
        case .endpointsAreLanesOfTheirOwn: try await bench.withStore { try await checkEndpoints($0) }
        case .queriesAreKeptUntilTheyAreDone: try await checkQueries(bench)
        case .lostTimeIsKept: try await checkLost(bench)
        case .lateArrivalsAreKept: try await checkLate(bench)
        case .outputsAreIndependent: try await bench.withStore { try await checkIndependence($0) }
        case .idsAreExact: try await checkIDs(bench)
        case .batchesAreFoundByTime: try await bench.withStore { try await checkTime($0) }
        case .forgettingKeepsWhatReachesWithin: try await bench.withStore { try await checkForgetting($0) }
        case .aRestartSeesEverything:
            for seed in 0..<3 as Range<UInt64> { try await checkRestarts(bench, seed) }
        }
    }
}

extension StoreConformance {
    private static let start = Instant(seconds: 1_800_000_000)
    private static let always = Interval(.distantPast, .distantFuture)

    private func interval(_ start: Int64, _ end: Int64) -> Interval {
        Interval(StoreConformance.start + .seconds(start), StoreConformance.start + .seconds(end))
    }

    private func batch(_ first: Int64, _ last: Int64, _ ids: [AuditID]) -> AcknowledgedBatch {
        let interval = interval(first, last)
        return AcknowledgedBatch(first: interval.start, last: interval.end, ids: ids)
    }

    private func beginning(_ output: String = "siem") -> LedgerChange {
        var change = LedgerChange(output: output)
        change.start = StoreConformance.start
        return change
    }

    private func change(
        _ output: String = "siem", _ batches: [AcknowledgedBatch] = [], _ coverage: [Lane: Coverage] = [:]
    ) -> LedgerChange {
        var change = LedgerChange(output: output)
        change.acknowledged = batches
        change.coverage = coverage
        return change
    }

    private func ids(_ store: any Store, _ output: String = "siem", in interval: Interval = StoreConformance.always) async throws
        -> [AuditID]
    {
        try await store.acknowledged(by: output, in: interval).flatMap(\.ids)
    }

    private func checkNothing(_ store: any Store) async throws {
        try demand(try await store.ledger(of: "siem") == nil, "an output that never began has a ledger")
        try demand(try await ids(store).isEmpty, "an output that never began has ids")
        try await demandFailure("ids of an output that never began were taken") {
            try await store.commit(change("siem", [batch(0, 1, [AuditID("a")])]))
        }
    }

    private func checkBeginning(_ store: any Store) async throws {
        try await store.commit(beginning())
        try demand(try await store.ledger(of: "siem") == Ledger(start: StoreConformance.start), "the beginning was not kept")
        try await demandFailure("an output began twice") { try await store.commit(beginning()) }
    }

    private func checkWhole(_ bench: some StoreBench) async throws {
        var whole = beginning()
        whole.acknowledged = [batch(0, 5, [AuditID("a"), AuditID("b")])]
        whole.coverage = [.all: Coverage([interval(0, 5), interval(7, 9)])]
        try await bench.withStore { try await $0.commit(whole) }
        try await bench.withStore { store in
            let ledger = try await store.ledger(of: "siem")
            try demand(
                ledger == Ledger(start: StoreConformance.start, lanes: whole.coverage),
                "the ledger is \(String(describing: ledger))")
            try demand(try await ids(store) == [AuditID("a"), AuditID("b")], "the ids are not those of the change")
        }
    }

    private func checkFailure(_ store: any Store) async throws {
        try await store.commit(beginning())
        var again = beginning()
        again.acknowledged = [batch(0, 1, [AuditID("a")])]
        again.coverage = [.all: Coverage([interval(0, 1)])]
        try await demandFailure("an output began twice") { try await store.commit(again) }
        try demand(try await ids(store).isEmpty, "the ids of a failed change were kept")
        try demand(try await store.ledger(of: "siem")?.lanes == [:], "the coverage of a failed change was kept")
        again.start = nil
        try await store.commit(again)
        try demand(try await ids(store) == [AuditID("a")], "nothing could be written after a failure")
    }

    private func checkCoverage(_ store: any Store) async throws {
        let lanes = [Lane.all, Lane(service: "Architect"), Lane(service: "A\u{0}B"), Lane(service: "A")]
        try await store.commit(beginning())
        for (index, lane) in lanes.enumerated() {
            try await store.commit(change(coverage: [lane: Coverage([interval(0, Int64(index) + 1)])]))
        }
        try await store.commit(change(coverage: [.all: Coverage([interval(2, 3), interval(5, 6)])]))
        // The same again: a commit whose answer was lost is repeated.
        try await store.commit(change(coverage: [.all: Coverage([interval(2, 3), interval(5, 6)])]))
        let ledger = try await store.ledger(of: "siem")
        try demand(ledger?.coverage(of: .all).intervals == [interval(2, 3), interval(5, 6)], "coverage was not replaced")
        for (index, lane) in lanes.enumerated().dropFirst() {
            try demand(
                ledger?.coverage(of: lane).intervals == [interval(0, Int64(index) + 1)], "the lane \(lane) lost its own coverage")
        }
    }

    private func checkEndpoints(_ store: any Store) async throws {
        try await store.commit(beginning())
        let lanes = [nil, "Architect"].flatMap { service in
            Lane.Endpoint.allCases.map { Lane(service: service, endpoint: $0) }
        }
        for (index, lane) in lanes.enumerated() {
            try await store.commit(change(coverage: [lane: Coverage([interval(0, Int64(index) + 1)])]))
        }
        let ledger = try await store.ledger(of: "siem")
        for (index, lane) in lanes.enumerated() {
            try demand(
                ledger?.coverage(of: lane).intervals == [interval(0, Int64(index) + 1)], "the lane \(lane) lost its own coverage")
        }
    }

    private func checkQueries(_ bench: some StoreBench) async throws {
        func progress(_ cursor: String?, _ service: String? = nil) -> QueryProgress {
            QueryProgress(
                lane: Lane(service: service, endpoint: .asynchronous), interval: interval(0, 100), window: interval(10, 20),
                continuation: Continuation(transactionID: "t'\u{0}", cursor: cursor), coverableUntil: interval(15, 15).start)
        }
        func write(_ queries: [Ring: QueryProgress?]) async throws {
            try await bench.withStore { store in
                var change = change()
                change.queries = queries
                try await store.commit(change)
            }
        }
        func expect(_ expected: [Ring: QueryProgress]) async throws {
            try await bench.withStore { store in
                let queries = try await store.ledger(of: "siem")?.queries
                try demand(queries == expected, "the queries are \(String(describing: queries))")
            }
        }
        try await bench.withStore { try await $0.commit(beginning()) }
        try await write([.sweep: progress(nil), .reconcile: progress("a", "Architect")])
        try await expect([.sweep: progress(nil), .reconcile: progress("a", "Architect")])
        try await write([.sweep: progress("")])
        try await expect([.sweep: progress(""), .reconcile: progress("a", "Architect")])
        try await write([.reconcile: nil])
        try await expect([.sweep: progress("")])
    }

    private func checkLost(_ bench: some StoreBench) async throws {
        let service = Lane(service: "Routing", endpoint: .asynchronous)
        var change = beginning()
        change.coverage = [.all: Coverage([interval(10, 20)])]
        change.lost = [.all: Coverage([interval(0, 5), interval(7, 9)]), service: Coverage([interval(0, 1)])]
        try await write(change, bench)
        var later = LedgerChange(output: "siem")
        later.lost = [.all: Coverage([interval(0, 9)]), service: Coverage()]
        try await write(later, bench)
        try await bench.withStore { store in
            let ledger = try await store.ledger(of: "siem")
            try demand(ledger?.lost == [.all: Coverage([interval(0, 9)])], "lost is \(String(describing: ledger?.lost))")
            try demand(ledger?.lanes == change.coverage, "the coverage changed with what is lost")
        }
    }

    private func checkLate(_ bench: some StoreBench) async throws {
        var change = beginning()
        var late = LateArrivals()
        for seconds in [1, 2, 90, 90, 400_000] as [Int64] { late.add(1, delay: .seconds(seconds)) }
        change.late = late
        try await write(change, bench)
        late.add(1, delay: .milliseconds(1500))
        change = LedgerChange(output: "siem")
        change.late = late
        try await write(change, bench)
        try await write(self.change(coverage: [.all: Coverage([interval(0, 1)])]), bench)
        try await bench.withStore { store in
            let kept = try await store.ledger(of: "siem")?.late
            try demand(kept == late, "the late arrivals are \(String(describing: kept))")
        }
    }

    private func write(_ change: LedgerChange, _ bench: some StoreBench) async throws {
        try await bench.withStore { try await $0.commit(change) }
    }

    private func change(coverage: [Lane: Coverage]) -> LedgerChange { change("siem", [], coverage) }

    private func checkIndependence(_ store: any Store) async throws {
        let names = ["siem", "SIEM", "si", "'; DROP TABLE output; --", "日本"]
        for name in names { try await store.commit(beginning(name)) }
        for name in names {
            try await store.commit(
                change(name, [batch(0, 1, [AuditID(name)])], [.all: Coverage([interval(0, Int64(name.utf8.count))])]))
        }
        for name in names {
            try demand(try await ids(store, name) == [AuditID(name)], "output \(name) has other ids than its own")
            let coverage = try await store.ledger(of: name)?.coverage(of: .all).intervals
            try demand(coverage == [interval(0, Int64(name.utf8.count))], "output \(name) has another one's coverage")
        }
    }

    private func checkIDs(_ bench: some StoreBench) async throws {
        let texts = [
            SampleAudit.uuid(1), "ABCDEF00-0000-4000-8000-000000000001", "abcdef00-0000-4000-8000-000000000001", "", "\u{0}",
            "a\u{0}b",
            "🦊", "caf\u{e9}", "cafe\u{301}", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            String(repeating: "long", count: 20_000), "\n\"'\\",
        ]
        let all = Set(texts.map { AuditID($0) })
        try demand(all.count == texts.count, "the ids are not told apart in memory")
        try await bench.withStore { store in
            try await store.commit(beginning())
            try await store.commit(change("siem", [batch(0, 1, Array(all)), batch(1, 2, [])]))
        }
        try await bench.withStore { store in
            let kept = try await ids(store)
            try demand(Set(kept) == all && kept.count == all.count, "ids changed: \(all.symmetricDifference(kept))")
            try demand(Set(kept.map { Array("\($0)".utf8) }) == Set(texts.map { Array($0.utf8) }), "the bytes of an id changed")
        }
    }

    private func checkTime(_ store: any Store) async throws {
        try await store.commit(beginning())
        let batches = [batch(0, 10, [AuditID("a")]), batch(5, 5, [AuditID("b")]), batch(20, 30, [AuditID("c")])]
        try await store.commit(change("siem", batches))
        let expected: [(Interval, Set<String>)] = [
            (interval(0, 1), ["a"]), (interval(5, 6), ["a", "b"]), (interval(10, 20), ["a"]), (interval(11, 20), []),
            (interval(11, 21), ["c"]), (interval(30, 40), ["c"]), (interval(31, 40), []),
            (StoreConformance.always, ["a", "b", "c"]),
        ]
        for (interval, names) in expected {
            let found = Set(try await ids(store, in: interval))
            try demand(found == Set(names.map { AuditID($0) }), "in \(interval) there were \(found), not \(names)")
        }
    }

    private func checkForgetting(_ store: any Store) async throws {
        try await store.commit(beginning())
        try await store.commit(beginning("other"))
        let batches = [batch(0, 9, [AuditID("a")]), batch(5, 10, [AuditID("b")]), batch(20, 30, [AuditID("c")])]
        for name in ["siem", "other"] {
            try await store.commit(change(name, batches, [.all: Coverage([interval(0, 30)])]))
        }
        var forget = LedgerChange(output: "siem")
        forget.forgetBefore = interval(10, 10).start
        try await store.commit(forget)
        try demand(Set(try await ids(store)) == [AuditID("b"), AuditID("c")], "forgetting took too much or too little")
        try demand(try await ids(store, "other").count == 3, "another output's ids were forgotten")
        let forgotten = try await (store.ledger(of: "siem")?.forgottenBefore, store.ledger(of: "other")?.forgottenBefore)
        try demand(forgotten == (forget.forgetBefore, nil), "it is not known what was forgotten")
        forget.forgetBefore = interval(5, 5).start
        try await store.commit(forget)
        let still = try await store.ledger(of: "siem")?.forgottenBefore
        try demand(still == interval(10, 10).start, "what was forgotten is known again")
        let coverage = try await store.ledger(of: "siem")?.coverage(of: .all).intervals
        try demand(coverage == [interval(0, 30)], "coverage was forgotten with the ids")
    }

    /// Random changes, with a restart after every few of them, against the reference.
    private func checkRestarts(_ bench: some StoreBench, _ seed: UInt64) async throws {
        var random = SampleGenerator(seed: seed)
        var reference = StoredLedgers()
        let output = "output \(seed)"
        for round in 0..<12 {
            var changes: [LedgerChange] = round == 0 ? [beginning(output)] : []
            for _ in 0..<random.number(1...4) { changes.append(randomChange(output, &random)) }
            for change in changes { try reference.commit(change) }
            let (expected, written) = (reference, changes)
            try await bench.withStore { store in
                for change in written { try await store.commit(change) }
            }
            try await bench.withStore { store in
                try demand(try await store.ledger(of: output) == expected.ledger(of: output), "seed \(seed): the ledger differs")
                let kept = Set(try await ids(store, output))
                try demand(kept == expected.ids(of: output), "seed \(seed): the ids differ")
            }
        }
    }

    private func randomChange(_ output: String, _ random: inout SampleGenerator) -> LedgerChange {
        var change = LedgerChange(output: output)
        let first = Int64(random.number(0...100))
        for _ in 0..<random.number(0...3) {
            let numbers = (0..<random.number(0...5)).map { _ in AuditID(SampleAudit.uuid(random.number(0...1_000_000))) }
            change.acknowledged.append(batch(first, first + Int64(random.number(0...20)), numbers))
        }
        let lane = random.happens(50) ? Lane.all : Lane(service: "Routing")
        change.coverage[lane] = Coverage([interval(0, first + 1), interval(first + 5, first + 9)])
        if random.happens(30) { change.lost[lane] = Coverage([interval(first + 1, first + 4)]) }
        if random.happens(30) {
            var late = LateArrivals()
            late.add(1, delay: .seconds(first))
            change.late = late
        }
        if random.happens(20) { change.forgetBefore = interval(first - 30, first).start }
        return change
    }
}
