import AuditCore

/// How late audits were shown whose time was covered already, in buckets of fixed length: how far behind the end of the covered time around
/// them they lay when they were first seen. An overlap of that length finds such an audit by itself.
///
/// Each endpoint's lane is asked by itself: what the other endpoint had covered says nothing. An audit in time that is covered for the first time,
/// a gap too, is not late.
public struct LateArrivals: Sendable, Equatable {
    /// The longest delay of each bucket; the last bucket has no bound.
    public static let bounds: [Duration] =
        [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400, 172_800].map { .seconds($0) }
    /// Fewer say nothing about those to come.
    public static let fewestForSuggestion = 100

    public struct Bucket: Sendable, Equatable {
        public var count = 0
        /// All delays together.
        public var delay = Duration.zero
    }

    /// One a bound, and the one without.
    public private(set) var buckets = [Bucket](repeating: Bucket(), count: LateArrivals.bounds.count + 1)

    public init() {}

    /// - Parameter coverage: of the lane that showed the audits, before they were read.
    init(of audits: [RawAudit], in coverage: Coverage) {
        for instant in audits.lazy.compactMap(\.instant) {
            if let covered = coverage.interval(around: instant) { add(1, delay: covered.end - instant) }
        }
    }

    public var isEmpty: Bool { count == 0 }
    public var count: Int { buckets.reduce(0) { $0 + $1.count } }
    public var delay: Duration { buckets.reduce(.zero) { $0 + $1.delay } }

    /// The bound of the longest delays; `nil` where that has none.
    public var longestBound: Duration? {
        let last = buckets.lastIndex { $0.count > 0 } ?? 0
        return last < LateArrivals.bounds.endIndex ? LateArrivals.bounds[last] : nil
    }

    public mutating func add(_ other: LateArrivals) {
        for (index, bucket) in other.buckets.enumerated() { add(bucket, to: index) }
    }

    /// - Parameter delay: of all of them together, where `bound` says how late each is at most.
    public mutating func add(_ count: Int, delay: Duration, within bound: Duration? = nil) {
        let index = LateArrivals.bounds.firstIndex { (bound ?? delay) <= $0 } ?? LateArrivals.bounds.endIndex
        add(Bucket(count: count, delay: delay), to: index)
    }

    private mutating func add(_ bucket: Bucket, to index: Int) {
        buckets[index].count += bucket.count
        buckets[index].delay += bucket.delay
    }

    /// How many were later than `overlap`, which is one of the bounds or counts as the next shorter one.
    public func count(beyond overlap: Duration) -> Int {
        zip(LateArrivals.bounds + [.seconds(Int64.max)], buckets).reduce(0) { $0 + ($1.0 > overlap ? $1.1.count : 0) }
    }

    /// The smallest bound within which 999 of 1000 came, but never less than `least`; the longest where none is long enough. `nil` where
    /// too few are known.
    public func suggestedOverlap(atLeast least: Duration) -> Duration? {
        guard count >= LateArrivals.fewestForSuggestion, let longest = LateArrivals.bounds.last else { return nil }
        return max(LateArrivals.bounds.first { count(beyond: $0) * 1000 <= count } ?? longest, least)
    }
}
