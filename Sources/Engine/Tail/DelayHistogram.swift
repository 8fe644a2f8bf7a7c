import AuditCore

/// How many delays were how long, in buckets of fixed bounds. A value of a few hundred bytes; noting a delay costs some nanoseconds. The sum wraps around after 292 million years.
public struct DelayHistogram: Sendable, Equatable {
    /// The longest delay of each bucket, in milliseconds, ascending; the last bucket has no bound.
    public let bounds: [Int64]
    /// One a bound, and the one without.
    public private(set) var counts: [Int]
    /// Of all delays together, in milliseconds.
    public private(set) var sum: Int64 = 0

    /// - Parameter bounds: in milliseconds, ascending.
    public init(bounds: [Int64]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    public var count: Int { counts.reduce(0, +) }

    /// One below zero counts as none: the clocks of two machines are compared.
    public mutating func note(_ delay: Duration, count: Int = 1) { note(milliseconds: delay.wholeMilliseconds, count: count) }

    /// Without a `Duration`, which is 128 bits wide: this one is called for every audit.
    mutating func note(milliseconds: Int64, count: Int = 1) {
        let delay = max(0, milliseconds)
        var index = 0
        while index < bounds.count, bounds[index] < delay { index += 1 }
        counts[index] += count
        sum = sum &+ delay &* Int64(count)
    }

    /// - Precondition: the bounds are the same.
    public mutating func add(_ other: DelayHistogram) {
        for (index, count) in other.counts.enumerated() { counts[index] += count }
        sum += other.sum
    }
}

extension DelayHistogram {
    /// From an audit's time to its first sight: 100 ms to 2 days.
    public static let arrival = DelayHistogram(
        bounds: [
            100, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 21_600_000,
            86_400_000, 172_800_000,
        ])
    /// From the first sight to the acknowledgement: 5 ms to 1 h.
    public static let delivery = DelayHistogram(
        bounds: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 3_600_000])
}
