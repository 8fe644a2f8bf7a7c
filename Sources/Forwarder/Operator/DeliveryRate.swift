import AuditCore

/// How many audits an output acknowledged lately, in slots of 10 seconds over the last 30 minutes.
struct DeliveryRate: Sendable, Equatable {
    static let slot = Duration.seconds(10)
    static let slots = 180
    /// Over how many whole slots the rate is taken: a minute.
    private static let window = 6

    /// The slot that is being filled, counted from the clock's beginning.
    private var current: Int
    private var delivered = 0
    /// The latest last.
    private var counts: [Int] = []

    init(at now: Duration) { current = DeliveryRate.index(of: now) }

    /// Another tail counts from nothing.
    mutating func restarts() { delivered = 0 }

    /// - Parameter total: how many the tail has delivered in all; never fewer than before.
    mutating func note(_ total: Int, at now: Duration) {
        advance(to: now)
        counts[counts.endIndex - 1] += total - delivered
        delivered = total
    }

    /// Audits a second, over the last minute; over less where the run is younger.
    func perSecond(at now: Duration) -> Double {
        var copy = self
        copy.advance(to: now)
        let whole = copy.counts.dropLast().suffix(DeliveryRate.window)
        return whole.isEmpty ? 0 : Double(whole.reduce(0, +)) / (Double(whole.count) * DeliveryRate.slot.inSeconds)
    }

    /// The counts of the slots, the one that is being filled last; at most `slots` and one.
    func history(at now: Duration) -> [Int] {
        var copy = self
        copy.advance(to: now)
        return copy.counts
    }

    private mutating func advance(to now: Duration) {
        let index = max(current, DeliveryRate.index(of: now))
        let passed = counts.isEmpty ? 1 : min(index - current, DeliveryRate.slots + 1)
        counts += [Int](repeating: 0, count: passed)
        counts.removeFirst(max(0, counts.count - DeliveryRate.slots - 1))
        current = index
    }

    private static func index(of now: Duration) -> Int { Int(now.wholeMilliseconds / slot.wholeMilliseconds) }
}
