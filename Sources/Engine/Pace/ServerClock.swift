import AuditCore

/// The server's now, taken from its own answers and carried on by a clock that never steps: what the wall clock of this machine says has no
/// part in it.
///
/// A `Date` header has whole seconds, cut off, and is old when it arrives; so the estimate is never ahead of the server.
public struct ServerClock: Sendable {
    /// Servers behind one name differ by this much; a larger step back is believed.
    private static let tolerance = Duration.seconds(2)
    /// So long the best answer is carried on; a clock that is a little fast would carry it ahead of the server.
    private static let validity = Duration.seconds(600)

    private var date: Instant?
    private var receivedAt = Duration.zero

    public init() {}

    /// `nil` before the first answer.
    public func now(at clock: Duration) -> Instant? { date.map { $0 + (clock - receivedAt) } }

    /// An answer with this `Date` arrived.
    public mutating func answered(_ serverDate: Instant, at clock: Duration) {
        if let estimate = now(at: clock), estimate > serverDate, estimate - serverDate <= ServerClock.tolerance,
            clock - receivedAt <= ServerClock.validity
        {
            return
        }
        date = serverDate
        receivedAt = clock
    }
}
