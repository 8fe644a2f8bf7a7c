import AuditCore
import Engine

/// The runs of days and weeks.
extension SimulationPlan {
    private static let day = 86_400

    static func sparse(_ random: inout SampleGenerator, _ seed: UInt64) -> SimulationPlan {
        let days = [2, 3, 7, 21, 35][random.number(0...4)]
        let readsAsynchronous = random.happens(70)
        let retention = Duration.seconds([2, 14][random.number(0...1)] * day)
        let lag = Duration.seconds(readsAsynchronous && random.happens(50) ? random.number(0...3000) : 0)
        let faultyUntil = beginning + .seconds(days * day)
        let count = random.number(1...2)
        let tails = (0..<count).map { index in
            var settings = longSettings(&random, seed &+ UInt64(index), index, readsAsynchronous, retention)
            if days > 7 {
                settings.pollInterval = .seconds(900)
                settings.sweep?.every = .seconds(3600)
            }
            let start = beginning - .seconds(random.number(0...day))
            return TailPlan(settings: settings, start: start, window: random.number(1...4), manner: .init(&random))
        }
        let troubles = longTroubles(&random, days: days, tails: count, readsAsynchronous)
        let entries = longEntries(
            &random, number: random.number(100...1500), until: faultyUntil, readsAsynchronous,
            before: troubles.map(\.interval.start))
        return SimulationPlan(
            kind: .sparse, archive: SampleArchive(entries, manners: manners(&random, retention: retention, lag: lag)),
            tails: tails, troubles: troubles, faultyUntil: faultyUntil, deadline: faultyUntil + .seconds(3 * day),
            failurePercent: random.number(0...3),
            crashes: (random.number(0...6), 5000), &random)
    }

    /// The first output is well all day, and so are API, store and process.
    static func isolated(_ random: inout SampleGenerator, _ seed: UInt64) -> SimulationPlan {
        let readsAsynchronous = random.happens(50)
        let retention = Duration.seconds(14 * day)
        let count = random.number(2...3)
        let tails = (0..<count).map { index in
            let settings = longSettings(&random, seed &+ UInt64(index), index, readsAsynchronous, retention)
            return TailPlan(
                settings: settings, start: beginning - .seconds(random.number(0...3600)), window: random.number(1...4),
                manner: index == 0 ? .prompt : .init(&random))
        }
        let end = beginning + .seconds(day)
        let troubles = (1..<count).map { index in
            let start = beginning + .seconds(random.number(0...3600))
            return Trouble(kind: random.happens(50) ? .output(index) : .stall(index), interval: Interval(start, end))
        }
        let entries = longEntries(&random, number: random.number(100...800), until: end, readsAsynchronous, before: [])
        return SimulationPlan(
            kind: .isolated, archive: SampleArchive(entries, manners: manners(&random, retention: retention, lag: .zero)),
            tails: tails, troubles: troubles, faultyUntil: end, deadline: end + .seconds(2 * day), failurePercent: 0,
            crashes: (0, 1), &random)
    }

    /// As they are where nothing is configured, but for a slower poll and small bounds.
    private static func longSettings(
        _ random: inout SampleGenerator, _ seed: UInt64, _ index: Int, _ readsAsynchronous: Bool, _ retention: Duration
    ) -> TailSettings {
        var settings = TailSettings(output: "output-\(index)")
        settings.seed = seed
        settings.pollInterval = .seconds([60, 300, 900][random.number(0...2)])
        settings.realtimeRetention = retention
        settings.sweep =
            readsAsynchronous ? .init(every: .seconds([600, 1800, 3600][random.number(0...2)]), back: .seconds(7200)) : nil
        if !readsAsynchronous { settings.reconcile = nil }
        settings.unacknowledgedBytes = random.number(2000...20_000)
        settings.uncommittedIDs = random.number(20...200)
        settings.batchEvents = random.number(5...50)
        settings.reading.pageSize = random.number(10...40)
        settings.reading.smallestPageSize = 5
        return settings
    }

    private static func longEntries(
        _ random: inout SampleGenerator, number: Int, until end: Instant, _ readsAsynchronous: Bool,
        before troubles: [Instant]
    ) -> [SampleArchive.Entry] {
        let start = beginning - .seconds(day)
        let span = Int((end - start).wholeMilliseconds)
        return (0..<number).map { number in
            // Many come just before something breaks: those are the ones to lose.
            let before = random.happens(20) ? random.number(0...max(troubles.count - 1, 0)) : nil
            let instant =
                before.flatMap {
                    troubles.indices.contains($0) ? troubles[$0] - .milliseconds(random.number(0...3_600_000)) : nil
                }
                ?? start + .milliseconds(random.number(0...span))
            let audit = sample(&random, number, at: instant, readsAsynchronous)
            let late = readsAsynchronous && random.happens(10) ? random.number(0...12 * 3600) * 1000 : delay(&random)
            return SampleArchive.Entry(audit, visibleAt: min(audit.instant + .milliseconds(late), end + .seconds(latest)))
        }
    }

    private static func longTroubles(
        _ random: inout SampleGenerator, days: Int, tails: Int, _ readsAsynchronous: Bool
    ) -> [Trouble] {
        let end = beginning + .seconds(days * day)
        return (0..<random.number(1...5)).map { _ in
            let kind: Trouble.Kind =
                switch random.number(0...11) {
                case 0, 1: .api
                case 2: .credentials
                case 3: .date(.seconds(random.number(readsAsynchronous ? -20_000...20_000 : -20_000...0)))
                case 4: .rate(wait: .seconds(random.number(1...20)))
                case 5: .rate(wait: .seconds(random.number(200...7200)))
                case 6, 7: .output(random.number(0...tails - 1))
                case 8: .stall(random.number(0...tails - 1))
                case 9: .store
                default: .process
                }
            let start = beginning + .seconds(random.number(0...days * day))
            var length = [600, 6 * 3600, day, 4 * day, 16 * day][random.number(0...4)]
            // It answers at once, and so a longer one is but more of the same.
            if case .rate(let wait) = kind, wait <= Parking.longestPause { length = 3600 }
            return Trouble(kind: kind, interval: Interval(start, min(start + .seconds(random.number(60...length)), end)))
        }
    }
}
