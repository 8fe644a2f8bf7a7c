import AuditCore
import Engine

extension SimulationPlan {
    /// No audit becomes visible later than this after its instant; the overlap is longer.
    static let latest = 100
    /// But for some that only sweeps and reconciliations can find, which are visible before so many seconds after the beginning.
    private static let lastVisible = 850
    private static let readsAgainFrom = -500
    private static let lastAudit = 600

    static func dense(_ random: inout SampleGenerator, _ seed: UInt64) -> SimulationPlan {
        let readsAsynchronous = random.happens(75)
        let retention = Duration.seconds(readsAsynchronous && random.happens(50) ? 1500 : 14 * 86_400)
        let lag = Duration.seconds(readsAsynchronous && random.happens(50) ? random.number(0...300) : 0)
        let changesLanes = random.happens(50)
        let ends = random.happens(60)
        let count = [1, 1, 1, 2, 2, 3][random.number(0...5)]
        let tails = (0..<count).map { index in
            var settings = denseSettings(&random, output: "output-\(index)", readsAsynchronous, changesLanes)
            settings.seed = seed &+ UInt64(index)
            settings.realtimeRetention = retention
            settings.asynchronousLag = lag == .zero ? .zero : .seconds(300)
            if ends {
                let end = beginning + .seconds(900) + lag
                settings.end = TailSettings.End(readUntil: end, coverUntil: end)
                settings.sweep?.back += lag
            } else {
                // Its sweeps go on with the time, and have to reach back from behind the last outage.
                settings.sweep?.back += .seconds(2500)
            }
            let start = beginning - .seconds(random.number(0...7200)) + .milliseconds(random.number(0...999))
            return TailPlan(settings: settings, start: start, window: random.number(1...4), manner: .init(&random))
        }
        let first = tails.map(\.start).min() ?? beginning
        let entries = denseEntries(
            &random, start: first - .seconds(60), end: beginning + .seconds(lastAudit), horizon: beginning - retention,
            readsAsynchronous: readsAsynchronous)
        let faultyUntil = beginning + .seconds(random.number(60...700))
        return SimulationPlan(
            kind: .dense,
            archive: SampleArchive(entries, manners: manners(&random, retention: retention, lag: lag)), tails: tails,
            troubles: denseTroubles(&random, until: faultyUntil, tails: count, mayRunAhead: !ends && readsAsynchronous),
            faultyUntil: faultyUntil, deadline: beginning + .seconds(3 * 3600), failurePercent: random.number(0...20),
            crashes: (random.number(0...4), 600), changesLanes: changesLanes, &random)
    }

    static func manners(_ random: inout SampleGenerator, retention: Duration, lag: Duration) -> SampleArchive.Manners {
        var manners = SampleArchive.Manners()
        manners.asynchronousOnly = ["Gamification"]
        manners.looksBeforeResults = random.number(0...3)
        manners.statesTotals = random.happens(50)
        if random.happens(30) { manners.largestPage = 7 }
        if random.happens(30) { manners.mostRows = 40 }
        manners.asynchronousLag = lag
        manners.retention[.realtime] = retention + .seconds(60)
        return manners
    }

    private static func denseSettings(
        _ random: inout SampleGenerator, output: String, _ readsAsynchronous: Bool, _ changesLanes: Bool
    ) -> TailSettings {
        var settings = TailSettings(output: output)
        settings.pollInterval = .seconds(random.number(5...40))
        settings.batchEvents = random.number(1...20)
        settings.batchBytes = random.number(200...4000)
        settings.unacknowledgedBytes = random.number(500...20_000)
        settings.drainBytes = random.number(500...20_000)
        settings.uncommittedIDs = random.number(10...200)
        // A lane that is new is read from the beginning, and so needs every id.
        settings.idRetention = .seconds(changesLanes ? 3 * 86_400 : 6000)
        settings.longestRealtimeGap = .seconds([60, 900, 21_600][random.number(0...2)])
        settings.firstReconcile = .seconds(random.number(0...300))
        settings.laneInterval = .seconds(60)
        settings.reading = denseLimits(&random)
        // Far enough for the last one to show everything that came late.
        settings.sweep = .init(every: .seconds(random.number(60...400)), back: .seconds(random.number(1500...3000)))
        settings.reconcile = random.happens(50) ? .init(every: .seconds(600), back: .seconds(4000)) : nil
        if !readsAsynchronous {
            settings.sweep = nil
            settings.reconcile = nil
        }
        return settings
    }

    private static func denseLimits(_ random: inout SampleGenerator) -> ReadingLimits {
        var limits = ReadingLimits()
        limits.pageSize = random.number(8...40)
        limits.smallestPageSize = 5
        limits.windowRows = random.number(30...200)
        limits.comfortableRows = 25
        limits.looksAtQuery = random.number(5...12)
        limits.asynchronousWindowRows = random.number(30...300)
        limits.asynchronousComfortableRows = 40
        return limits
    }

    /// Clumps of audits with many in one second, some shown late, a few without an id.
    private static func denseEntries(
        _ random: inout SampleGenerator, start: Instant, end: Instant, horizon: Instant, readsAsynchronous: Bool
    ) -> [SampleArchive.Entry] {
        var entries: [SampleArchive.Entry] = []
        for _ in 0..<random.number(5...25) {
            // Many are about to age out, where that can happen at all.
            let from = horizon > start && random.happens(40) ? horizon : start
            let to = from == horizon ? beginning : end
            let place = from + .milliseconds(random.number(0...Int((to - from).wholeMilliseconds) - 1))
            let width = [200, 1500, 30_000, 300_000][random.number(0...3)]
            for _ in 0..<random.number(1...12) {
                let number = entries.count
                var audit = sample(
                    &random, number, at: min(place + .milliseconds(random.number(0...width)), end), readsAsynchronous)
                // Without an id it is its own bytes that tell it from another of the same instant.
                audit.padding = audit.id == nil ? number + 1 : random.happens(3) ? 3000 : audit.padding
                var visibleAt = audit.instant + .milliseconds(delay(&random))
                if readsAsynchronous, random.happens(10), audit.instant >= beginning + .seconds(readsAgainFrom) {
                    visibleAt = max(visibleAt, beginning + .seconds(random.number(0...lastVisible)))
                }
                entries.append(SampleArchive.Entry(audit, visibleAt: visibleAt))
            }
        }
        return entries
    }

    static func sample(
        _ random: inout SampleGenerator, _ number: Int, at instant: Instant, _ readsAsynchronous: Bool
    ) -> SampleAudit {
        let hasID = !random.happens(3)
        return SampleAudit(
            id: hasID ? random.happens(5) ? "odd \(number) \u{0} 🦊" : SampleAudit.uuid(number) : nil, instant: instant,
            service: readsAsynchronous && random.happens(15) ? "Gamification" : random.happens(50) ? "Architect" : "Routing",
            padding: number % 50)
    }

    /// In milliseconds.
    static func delay(_ random: inout SampleGenerator) -> Int {
        random.happens(25) ? random.number(0...latest * 1000) : random.number(0...2000)
    }

    private static func denseTroubles(
        _ random: inout SampleGenerator, until: Instant, tails: Int, mayRunAhead: Bool
    ) -> [Trouble] {
        (0..<random.number(0...3)).map { _ in
            let kind: Trouble.Kind =
                switch random.number(0...9) {
                case 0: .api
                case 1: .credentials
                case 2: .date(.seconds(mayRunAhead ? random.number(-600...600) : random.number(-600...0)))
                case 3: .rate(wait: .seconds(random.number(1...20)))
                case 4: .rate(wait: .seconds(random.number(200...900)))
                case 5, 6: .output(random.number(0...tails - 1))
                case 7: .stall(random.number(0...tails - 1))
                case 8: .store
                default: .process
                }
            let start = beginning + .seconds(random.number(0...Int((until - beginning).components.seconds)))
            return Trouble(kind: kind, interval: Interval(start, min(start + .seconds(random.number(1...300)), until)))
        }
    }
}
