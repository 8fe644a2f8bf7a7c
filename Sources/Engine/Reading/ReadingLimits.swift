import AuditCore

/// The bounds of reading. The API documents none of them, so each is what was seen to work, and gives way where the API refuses it.
public struct ReadingLimits: Sendable, Equatable {
    /// The most audits asked for in a page (500 is what a shipped collector always sends).
    public var pageSize = 500
    /// The smallest page size that is tried before the window is split instead.
    public var smallestPageSize = 25
    /// The most audits read by page number from one window: the usual bound of a search index behind such an API.
    public var windowRows = 10_000
    /// The number of audits that a window is made to hold, so that few of them have to be split.
    public var comfortableRows = 5000
    /// The shortest window that is read by page number.
    public var shortestWindow = Duration.seconds(1)
    /// The longest window of catch-up: longer ones were seen to time out.
    public var longestWindow = Duration.seconds(86_400)
    /// The length of the first window of a catch-up, before anything is known of the density.
    public var firstWindow = Duration.seconds(600)
    /// How often a window is read again because its pages did not fit together, before it is split.
    public var repetitions = 3
    /// How much earlier than its window a query begins, since the API does not say whether its start belongs to it.
    public var startMargin = Duration.seconds(1)

    /// How many passes of the live ring a smaller page size is kept, before a larger one is tried again.
    public var passesBeforeLargerPages = 20
    /// How often an asynchronous query is looked at that does not end, before it counts as lost: a quarter of an hour, as a reader pauses in
    /// between.
    public var looksAtQuery = 75
    /// How often a query of the same window may be lost, before the window is shortened.
    public var lossesOfQuery = 2

    /// The most audits that one asynchronous query may have, before its window is split: their ids are held while it is read.
    public var asynchronousWindowRows = 100_000
    /// The number of audits that a window of the asynchronous endpoint is made to hold.
    public var asynchronousComfortableRows = 25_000

    public init() {}

    /// The bounds for a lane, of which those of its endpoint stand in `windowRows` and `comfortableRows`.
    func limits(for endpoint: Lane.Endpoint) -> ReadingLimits {
        guard endpoint == .asynchronous else { return self }
        var limits = self
        limits.windowRows = asynchronousWindowRows
        limits.comfortableRows = asynchronousComfortableRows
        return limits
    }
}
