import AuditCore

/// A set of instants as disjoint intervals in ascending order: the time of which everything shown was acknowledged.
///
/// Normally one interval that grows at its right end. A hole in it is a gap.
public struct Coverage: Sendable, Equatable {
    /// Ascending; neither empty, nor touching, nor overlapping.
    public private(set) var intervals: [Interval]

    public init() { intervals = [] }

    /// Any intervals, in any order.
    public init(_ intervals: [Interval]) {
        self.intervals = []
        for interval in intervals { insert(interval) }
    }

    /// The right end of the last interval; `nil` where nothing is covered.
    public var end: Instant? { intervals.last?.end }

    public mutating func insert(_ interval: Interval) {
        guard !interval.isEmpty else { return }
        let first = intervals.firstIndex { $0.end >= interval.start } ?? intervals.endIndex
        let after = intervals[first...].firstIndex { $0.start > interval.end } ?? intervals.endIndex
        let touched = intervals[first..<after]
        let start = min(interval.start, touched.first?.start ?? interval.start)
        let end = max(interval.end, touched.last?.end ?? interval.end)
        intervals.replaceSubrange(first..<after, with: [Interval(start, end)])
    }

    public mutating func remove(_ interval: Interval) {
        intervals = intervals.flatMap { covered in
            guard covered.intersection(interval) != nil else { return [covered] }
            return [
                covered.start < interval.start ? Interval(covered.start, interval.start) : nil,
                interval.end < covered.end ? Interval(interval.end, covered.end) : nil,
            ].compactMap { $0 }
        }
    }

    /// The covered interval in which an instant lies.
    public func interval(around instant: Instant) -> Interval? { intervals.last { $0.start <= instant && instant < $0.end } }

    public func contains(_ instant: Instant) -> Bool { intervals.contains { $0.contains(instant) } }

    public func contains(_ interval: Interval) -> Bool {
        interval.isEmpty || intervals.contains { $0.contains(interval) }
    }

    /// What of `interval` is not covered, ascending.
    public func gaps(in interval: Interval) -> [Interval] {
        var gaps: [Interval] = []
        var start = interval.start
        for covered in intervals where covered.end > start {
            guard covered.start < interval.end else { break }
            if covered.start > start { gaps.append(Interval(start, covered.start)) }
            start = covered.end
        }
        if start < interval.end { gaps.append(Interval(start, interval.end)) }
        return gaps
    }

    public func intersection(_ other: Coverage) -> Coverage {
        Coverage(intervals.flatMap { mine in other.intervals.compactMap { mine.intersection($0) } })
    }
}
