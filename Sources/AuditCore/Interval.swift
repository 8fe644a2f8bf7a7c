/// A half-open slice of event time: `start` belongs to it, `end` does not. Never reversed; empty where both are equal.
public struct Interval: Hashable, Sendable {
    public let start: Instant
    public let end: Instant

    /// - Precondition: `start <= end`.
    public init(_ start: Instant, _ end: Instant) {
        precondition(start <= end, "interval \(start)/\(end) is reversed")
        self.start = start
        self.end = end
    }

    public var duration: Duration { end - start }
    public var isEmpty: Bool { start == end }

    public func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }
    public func contains(_ other: Interval) -> Bool { start <= other.start && other.end <= end }

    /// What both have in common; `nil` where that is nothing.
    public func intersection(_ other: Interval) -> Interval? {
        let first = max(start, other.start)
        let last = min(end, other.end)
        return first < last ? Interval(first, last) : nil
    }
}

extension Interval: CustomStringConvertible {
    /// `start/end`, the form of the API's `interval` parameter.
    public var description: String { "\(start.text)/\(end.text)" }
}
