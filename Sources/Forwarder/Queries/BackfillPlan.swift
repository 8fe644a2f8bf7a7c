import AuditCore
import Engine

/// The windows of a backfill, oldest first. Each is one asynchronous query; one that cannot be read is halved.
struct BackfillPlan: Sendable, Equatable {
    /// Far below the 31 days that one query may span.
    static let longestWindow = Duration.seconds(86_400)
    static let shortestWindow = Duration.seconds(1)

    /// The whole seconds around what was asked for: downloaded results have no finer times.
    let whole: Interval
    private let lanes: [Lane]
    private var chunk: Interval?
    /// What of the chunk is still to be read; the last is the next.
    private var windows: [(lane: Lane, interval: Interval)] = []

    init(_ interval: Interval, lanes: [Lane]) {
        whole = Interval(interval.start.wholeSecond, (interval.end + .milliseconds(999)).wholeSecond)
        self.lanes = lanes
        nextChunk()
    }

    /// What to read now; `nil` when all is done.
    var window: (lane: Lane, interval: Interval)? { windows.last }

    /// The instant before which everything was read.
    var coveredUntil: Instant { chunk?.start ?? whole.end }

    /// The window was read.
    /// - Returns: whether its chunk is done: no later window can hold an audit of it.
    mutating func windowDone() -> Bool {
        windows.removeLast()
        guard windows.isEmpty else { return false }
        nextChunk()
        return true
    }

    /// The window could not be read as a whole.
    /// - Returns: whether it could be halved.
    mutating func halve() -> Bool {
        guard let (lane, interval) = windows.last, interval.duration > BackfillPlan.shortestWindow else { return false }
        let middle = (interval.start + interval.duration / 2).wholeSecond
        windows.removeLast()
        windows.append((lane, Interval(middle, interval.end)))
        windows.append((lane, Interval(interval.start, middle)))
        return true
    }

    private mutating func nextChunk() {
        let start = chunk?.end ?? whole.start
        guard start < whole.end else {
            chunk = nil
            return
        }
        let next = Interval(start, min(start + BackfillPlan.longestWindow, whole.end))
        chunk = next
        windows = lanes.reversed().map { ($0, next) }
    }

    static func == (left: BackfillPlan, right: BackfillPlan) -> Bool {
        left.whole == right.whole && left.lanes == right.lanes && left.chunk == right.chunk
            && left.windows.elementsEqual(right.windows) { $0 == $1 }
    }
}
