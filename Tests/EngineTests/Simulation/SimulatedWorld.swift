import AuditCore
import Engine
import EngineTesting

/// What surrounds a tail: the API, the output and the store, each of which fails as the seed wants until it is healed.
struct SimulatedWorld {
    static let beginning = Instant(seconds: 1_800_000_000)
    /// No audit becomes visible later than this after its instant; the overlap is longer.
    static let latest = 100
    /// But for some that only sweeps and reconciliations can find, which are visible before so many seconds after the beginning.
    static let lastVisible = 850
    static let readsAgainFrom = -500

    var archive: SampleArchive
    var store = StoredLedgers()
    /// How often each audit was acknowledged.
    var acknowledged: [AuditID: Int] = [:]
    var lanes: [Lane]
    private let readsAsynchronous: Bool
    var isHealed = false
    private let failurePercent: Int

    init(_ random: inout SampleGenerator, start: Instant, end: Instant, readsAsynchronous: Bool) {
        self.readsAsynchronous = readsAsynchronous
        lanes = SimulatedWorld.lanes([.all], readsAsynchronous)
        archive = SampleArchive(
            SimulatedWorld.entries(&random, start: start, end: end, readsAsynchronous: readsAsynchronous))
        archive.manners.asynchronousOnly = ["Gamification"]
        archive.manners.looksBeforeResults = random.number(0...3)
        archive.manners.statesTotals = random.happens(70)
        if random.happens(30) { archive.manners.largestPage = 7 }
        if random.happens(30) { archive.manners.mostRows = 40 }
        failurePercent = random.number(0...20)
    }

    /// The API takes a query for all services from now on, or no longer.
    mutating func changeLanes() {
        let isOne = lanes.contains(.all)
        lanes = SimulatedWorld.lanes(isOne ? [Lane(service: "Architect"), Lane(service: "Routing")] : [.all], readsAsynchronous)
    }

    private static func lanes(_ realtime: [Lane], _ readsAsynchronous: Bool) -> [Lane] {
        readsAsynchronous ? realtime + [Lane(service: nil, endpoint: .asynchronous)] : realtime
    }

    /// Does what a tail wants done, or fails to.
    mutating func perform(_ action: TailAction, at now: Instant, _ random: inout SampleGenerator) throws -> TailEvent? {
        let fails = !isHealed && random.happens(failurePercent)
        switch action {
        case .findLanes:
            return .lanes(fails ? .failure(.transient("no lanes", delay: nil)) : .success(lanes))
        case .load(let ring, let interval):
            let batches = store.acknowledged(by: TailSimulation.output, in: interval)
            return .loaded(ring, interval, fails ? .failure(StoreFailure("no load")) : .success(batches))
        case .read(let ring, let request):
            return .read(ring, read(request, fails: fails, at: now, &random))
        case .deliver(let batch):
            return .answered(sequence: batch.sequence, answer(batch, fails: fails, at: now, &random))
        case .setApart(let batch, _):
            if fails { return .answered(sequence: batch.sequence, .refusedForNow(Refusal("no dead letters"))) }
            take(batch, at: now)
            return .answered(sequence: batch.sequence, .acknowledged)
        case .commit(let change):
            if fails { return .committed(.failure(StoreFailure("no commit"))) }
            try store.commit(change)
            return .committed(.success(()))
        case .drain, .wake, .report, .finish: return nil
        }
    }

    private mutating func read(
        _ request: ReadRequest, fails: Bool, at now: Instant, _ random: inout SampleGenerator
    ) -> Result<PageReading, ReadFailure> {
        if fails {
            if random.happens(10) { archive.loseQueries() }
            if random.happens(10) { archive.stickQueries() }
            let failures: [ReadFailure] = [
                .transient("503", delay: nil), .transient("429", delay: .seconds(3)), .timedOut("504"), .tooMuch("413"),
                .pageSize("400"), .refused("403"), .queryLost("404"),
            ]
            return .failure(failures[random.number(0...failures.count - 1)])
        }
        do throws(ReadFailure) { return .success(try archive.read(request, at: now)) } catch { return .failure(error) }
    }

    private mutating func answer(
        _ batch: Batch, fails: Bool, at now: Instant, _ random: inout SampleGenerator
    ) -> Answer {
        if fails {
            let asked = random.happens(20) ? Duration.seconds(7) : nil
            return random.happens(15) ? .refusedForGood(Refusal("bad")) : .refusedForNow(Refusal("down", delay: asked))
        }
        take(batch, at: now)
        return .acknowledged
    }

    private mutating func take(_ batch: Batch, at now: Instant) {
        for audit in batch.audits { acknowledged[SimulatedWorld.identity(audit, of: batch.page), default: 0] += 1 }
    }

    static func identity(_ audit: RawAudit, of page: AuditPage) -> AuditID {
        audit.id ?? .text("\u{0}" + String(decoding: page.bytes[audit.start..<audit.end], as: UTF8.self))
    }

    /// Clumps of audits with many in one second, some shown late, a few without an id.
    private static func entries(
        _ random: inout SampleGenerator, start: Instant, end: Instant, readsAsynchronous: Bool
    ) -> [SampleArchive.Entry] {
        var entries: [SampleArchive.Entry] = []
        let span = (end - start).wholeMilliseconds
        for _ in 0..<random.number(5...25) {
            let place = start + .milliseconds(Int64.random(in: 0..<span, using: &random))
            let width = [200, 1500, 30_000, 300_000][random.number(0...3)]
            for _ in 0..<random.number(1...12) {
                let number = entries.count
                let audit = SampleAudit(
                    id: random.happens(3) ? nil : random.happens(5) ? "odd \(number) \u{0} 🦊" : SampleAudit.uuid(number),
                    instant: min(place + .milliseconds(random.number(0...width)), end),
                    service: readsAsynchronous && random.happens(15)
                        ? "Gamification" : random.happens(50) ? "Architect" : "Routing",
                    padding: random.happens(3) ? 3000 : number % 50)
                let delay = random.happens(25) ? random.number(0...latest * 1000) : random.number(0...2000)
                var visibleAt = audit.instant + .milliseconds(delay)
                if readsAsynchronous, random.happens(10), audit.instant >= beginning + .seconds(readsAgainFrom) {
                    visibleAt = max(visibleAt, beginning + .seconds(random.number(0...lastVisible)))
                }
                entries.append(SampleArchive.Entry(audit, visibleAt: visibleAt))
            }
        }
        return entries
    }
}
