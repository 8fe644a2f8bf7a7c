import AuditCore

/// How long the next window should be. Shrinks at once where a window was too much, grows with what windows turn out to hold.
struct Reach: Sendable, Equatable {
    private let limits: ReadingLimits
    private(set) var length: Duration

    init(_ first: Duration, limits: ReadingLimits) {
        self.limits = limits
        length = max(first, limits.shortestWindow)
    }

    /// Whether a window of the shortest length was too much: only the asynchronous endpoint can read it.
    var isShortest: Bool { length <= limits.shortestWindow }

    /// A window of `window` was too much; it holds `rows`, where the API said so.
    mutating func shrink(from window: Duration, rows: Int?) {
        var next = min(length, window) / 2
        if let rows, rows > 0 {
            next = min(next, .milliseconds(window.wholeMilliseconds / Int64(rows) * Int64(limits.comfortableRows)))
        }
        length = max(wholeSeconds(next), limits.shortestWindow)
    }

    /// A window of `window` was read and held `rows`.
    mutating func adapt(to window: Duration, rows: Int) {
        guard rows > 0 else {
            length = min(max(length, window) * 2, limits.longestWindow)
            return
        }
        let comfortable = Double(window.wholeMilliseconds) * Double(limits.comfortableRows) / Double(rows)
        let bounded = min(comfortable, Double(max(length, window).wholeMilliseconds) * 2)
        length = max(min(wholeSeconds(.milliseconds(Int64(bounded))), limits.longestWindow), limits.shortestWindow)
    }

    private func wholeSeconds(_ duration: Duration) -> Duration { .seconds(duration.components.seconds) }
}
