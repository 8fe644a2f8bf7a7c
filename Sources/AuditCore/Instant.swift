/// A point in event time: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored, as the API's `eventDate` is.
///
/// Milliseconds are the finest resolution that the API documents (`yyyy-MM-ddTHH:mm:ss.SSSZ`); finer digits are cut off.
public struct Instant: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(seconds: Int64) { self.milliseconds = seconds * 1000 }

    public static let distantPast = Instant(milliseconds: -62_135_596_800_000)
    public static let distantFuture = Instant(milliseconds: 253_402_300_799_999)

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The last whole second not after this instant.
    public var wholeSecond: Instant {
        Instant(milliseconds: milliseconds - (milliseconds % 1000 + 1000) % 1000)
    }
}

extension Instant {
    /// The last multiple of `spacing` since 1970 that is not after this instant; the instant itself where `spacing` is below a millisecond.
    public func rounded(to spacing: Duration) -> Instant {
        let step = spacing.wholeMilliseconds
        return step > 0 ? Instant(milliseconds: milliseconds - (milliseconds % step + step) % step) : self
    }

    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds + duration.wholeMilliseconds)
    }

    public static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds - duration.wholeMilliseconds)
    }

    public static func - (left: Instant, right: Instant) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}

extension Duration {
    /// The duration in milliseconds, cut off, saturated at the bounds of `Int64`.
    public var wholeMilliseconds: Int64 {
        let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return components.seconds < 0 ? .min : .max }
        return whole + components.attoseconds / 1_000_000_000_000_000
    }

    /// The duration in seconds, as a fraction, for people and metrics.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
