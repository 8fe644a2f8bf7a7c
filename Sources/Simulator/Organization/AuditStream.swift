import AuditCore

/// The audits of an organization in the order in which they come into existence: first the history, then the live ones.
///
/// Time is cut into slots of equal length, one an audit; where in its slot an audit lies, and what it is, depends on the seed and
/// the number of the slot alone. So a stream gives the same audits however often and whenever it is asked.
struct AuditStream: Sendable {
    /// What faults make of the stream.
    struct Habits: Sendable {
        struct Delay: Sendable {
            var fraction: Double
            /// The longest delay; a delay is drawn from a tenth of it to all of it.
            var delay: Duration
        }

        struct Burst: Sendable {
            /// Of so many slots,
            var every: Int
            /// the first so many fall into one second.
            var count: Int
        }

        /// Audits that show up late.
        var late: Delay?
        /// Audits that wait for somebody to page through their time.
        var held: Delay?
        var burst: Burst?
        /// The part of the slots that make an audit without an id besides their own.
        var unidentifiedFraction: Double = 0
    }

    /// The most live audits that one request can bring into existence: after a jump of the clock by more, the rest is skipped.
    static let standardMostAtOnce = 2_000_000

    let seed: UInt64
    /// Where the slots begin.
    let origin: Instant
    let count: Int?
    let habits: Habits
    let mostAtOnce: Int
    private let milliseconds: Double
    private var slot = 0

    /// `count` audits spread over `duration` from `origin` on.
    init(seed: UInt64, origin: Instant, duration: Duration, count: Int, habits: Habits) {
        self.seed = RandomSource(seed: seed, subject: 2).first
        self.origin = origin
        self.count = count
        self.habits = habits
        mostAtOnce = .max
        milliseconds = Double(duration.wholeMilliseconds) / Double(max(count, 1))
    }

    /// Audits for ever, at a mean rate.
    init(
        seed: UInt64, origin: Instant, eventsPerSecond: Double, habits: Habits, mostAtOnce: Int = AuditStream.standardMostAtOnce
    ) {
        self.seed = RandomSource(seed: seed, subject: 3).first
        self.origin = origin
        count = eventsPerSecond > 0 ? nil : 0
        self.habits = habits
        self.mostAtOnce = mostAtOnce
        milliseconds = eventsPerSecond > 0 ? 1000 / eventsPerSecond : 0
    }

    /// Gives the audits of every slot that begins by `now`. Their `visible` may lie later than `now`: the siblings of one act
    /// follow each other, and some audits are late.
    mutating func advance(to now: Instant, _ body: (Audit) -> Void) {
        var made = 0
        while slot < count ?? .max {
            var random = RandomSource(seed: seed, subject: UInt64(slot))
            let instant = time(of: slot, &random)
            guard instant <= now else { return }
            guard made < mostAtOnce else { return skip(to: now) }
            let size = emit(slot, at: instant, &random, body)
            slot += size
            made += size
        }
    }

    private mutating func skip(to now: Instant) {
        slot = max(slot, Int(Double((now - origin).wholeMilliseconds) / milliseconds))
    }

    /// Slots follow each other, and so do the times in them.
    private func time(of slot: Int, _ random: inout RandomSource) -> Instant {
        let jitter = random.fraction()
        if isInBurst(slot), let burst = habits.burst {
            return Instant(milliseconds: origin.milliseconds + Int64(Double(slot - slot % burst.every) * milliseconds))
        }
        return Instant(milliseconds: origin.milliseconds + Int64((Double(slot) + jitter) * milliseconds))
    }

    private func isInBurst(_ slot: Int) -> Bool {
        habits.burst.map { slot % $0.every < $0.count } ?? false
    }

    /// - Returns: how many slots the act took.
    private func emit(_ slot: Int, at instant: Instant, _ random: inout RandomSource, _ body: (Audit) -> Void) -> Int {
        var act = Act.drawn(from: &random)
        // The history has the number of audits that was asked for: an act that does not fit becomes one that does.
        if let count, slot + act.parts > count { act = .generic }
        let actSeed = random.next()
        let service = GeneratedContents.service(of: act, seed: actSeed)
        var moment = instant
        for part in 0..<act.parts {
            if part > 0, !isInBurst(slot) { moment = moment + .milliseconds(1000 + random.below(1000)) }
            body(audit(act, actSeed, UInt8(part), service, at: moment, inBurst: isInBurst(slot), &random))
        }
        if random.chance(habits.unidentifiedFraction) {
            let service = GeneratedContents.service(of: .unidentified, seed: actSeed)
            body(audit(.unidentified, actSeed, 0, service, at: instant, inBurst: isInBurst(slot), &random))
        }
        return act.parts
    }

    private func audit(
        _ act: Act, _ seed: UInt64, _ part: UInt8, _ service: UInt16, at moment: Instant, inBurst: Bool,
        _ random: inout RandomSource
    ) -> Audit {
        // Most services stamp whole seconds.
        let instant = inBurst || !random.chance(0.125) ? moment.wholeSecond : moment
        return Audit(
            instant: instant, visible: moment + delay(&random), seed: seed, kind: act.rawValue, part: part, service: service)
    }

    private func delay(_ random: inout RandomSource) -> Duration {
        for habit in [habits.late, habits.held] {
            // Drawn in any case, so that a fault changes when audits show, and nothing else about them.
            let isHit = random.fraction()
            let share = random.fraction()
            guard let habit, isHit < habit.fraction else { continue }
            return .milliseconds(Int64(Double(habit.delay.wholeMilliseconds) * (0.1 + 0.9 * share)))
        }
        return .zero
    }
}

extension RandomSource {
    /// The first number, for a seed of something else.
    var first: UInt64 {
        var copy = self
        return copy.next()
    }
}
