/// How long a peer may owe answers without any progress.
struct RELPPatience: Sendable {
    /// What counts as progress, whichever of the two it is: a large message on a slow path takes its time.
    struct Progress: Sendable, Equatable {
        /// Answers that it gave.
        var answers: UInt64
        /// Bytes that its kernel acknowledged.
        var bytes: UInt64
    }

    private let limit: Duration
    private var last: (progress: Progress, at: Duration)?

    init(limit: Duration) { self.limit = limit }

    /// How often it has to be looked at: patience ends at most so much late.
    var interval: Duration { limit / 8 }

    /// - Returns: whether patience is at its end.
    mutating func look(_ progress: Progress, isOwed: Bool, at now: Duration) -> Bool {
        guard isOwed else {
            last = nil
            return false
        }
        guard let last, last.progress == progress else {
            self.last = (progress, now)
            return false
        }
        return now - last.at >= limit
    }
}
