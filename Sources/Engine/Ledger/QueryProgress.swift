import AuditCore

/// How far an asynchronous query was read and acknowledged: what a restart needs to go on with it.
///
/// Everything before the cursor was acknowledged when this was committed; the results of a query are those of the moment when it was made.
public struct QueryProgress: Sendable, Hashable {
    public let lane: Lane
    /// What the pass as a whole reads.
    public let interval: Interval
    /// What this query reads of it.
    public let window: Interval
    public let continuation: Continuation
    /// Nothing later is covered by the query: the server's now when it was made, less the settle margin.
    public let coverableUntil: Instant

    public init(lane: Lane, interval: Interval, window: Interval, continuation: Continuation, coverableUntil: Instant) {
        self.lane = lane
        self.interval = interval
        self.window = window
        self.continuation = continuation
        self.coverableUntil = coverableUntil
    }
}
