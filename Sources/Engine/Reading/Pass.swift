import AuditCore

/// One run of a ring over its interval in one lane: window after window, oldest first.
///
/// A pass decides what to read next and what a window has shown; it neither reads nor delivers. What it covers is final only when
/// the output has acknowledged everything that was read before.
struct Pass: Sendable {
    enum Outcome: Equatable {
        /// Go on reading.
        case reading
        /// This window was read completely; `isLast` where the pass has come to its end.
        case covered(Interval, isLast: Bool)
        /// The window is read again, for this reason.
        case again(String)
        /// The window is shortened, or goes to the asynchronous endpoint, for this reason.
        case split(String)
    }

    let ring: Ring
    let lane: Lane
    let interval: Interval
    private let limits: ReadingLimits
    private(set) var reach: Reach
    private(set) var window: Interval
    private var walk: PageWalk
    private var pageSize: Int
    /// Whether the window goes by the asynchronous endpoint: it is the lane's, or no shorter window can be read by page number.
    private(set) var asynchronous: Bool
    private var asynchronousRows = 0
    /// How often the query was looked at without any progress.
    private var looks = 0
    private var repetitions = 0
    private(set) var position: ReadRequest.Position

    /// - Precondition: `interval` is not empty.
    init(ring: Ring, lane: Lane, interval: Interval, reach: Reach, pageSize: Int, limits: ReadingLimits) {
        self.ring = ring
        self.lane = lane
        self.interval = interval
        self.reach = reach
        self.pageSize = pageSize
        self.limits = limits.limits(for: lane.endpoint)
        asynchronous = lane.endpoint == .asynchronous
        window = Interval(interval.start, min(interval.start + reach.length, interval.end))
        walk = PageWalk(pageSize: pageSize, rowLimit: limits.windowRows)
        position = asynchronous ? .asynchronous(nil) : walk.first
    }

    /// Goes on with a query that an earlier process made.
    init(ring: Ring, resuming progress: QueryProgress, reach: Reach, pageSize: Int, limits: ReadingLimits) {
        self.init(
            ring: ring, lane: progress.lane, interval: progress.interval, reach: reach, pageSize: pageSize, limits: limits)
        window = progress.window
        position = .asynchronous(progress.continuation)
    }

    /// What a restart would need to go on here; `nil` where the window is not being read by an asynchronous query.
    func progress(coverableUntil: Instant) -> QueryProgress? {
        guard case .asynchronous(let continuation?) = position else { return nil }
        return QueryProgress(
            lane: lane, interval: interval, window: window, continuation: continuation, coverableUntil: coverableUntil)
    }

    var request: ReadRequest {
        ReadRequest(
            lane: lane, interval: Interval(window.start - limits.startMargin, window.end), position: position,
            urgency: ring.urgency, looks: looks)
    }

    /// - Parameter horizon: the oldest instant that the realtime endpoint still gives.
    mutating func received(_ reading: PageReading, horizon: Instant = .distantPast) -> Outcome {
        switch reading.rest {
        case .numbered(let total, let pageCount, let pageSize):
            switch walk.received(reading.page, total: total, pageCount: pageCount, pageSize: pageSize) {
            case .next(let position):
                self.position = position
                return .reading
            case .complete where window.start < horizon && walk.pagesRead > 1:
                // What ages out moves the pages, and not every answer has a total that would tell.
                return split("audits may have aged out between its pages", rows: nil)
            case .complete: return complete(rows: walk.rows)
            case .tooMuch(let rows): return split("\(rows) audits in one window", rows: rows)
            case .inconsistent(let reason): return readAgain(reason, echoed: pageSize)
            }
        case .continued(let continuation?):
            asynchronousRows += reading.page.audits.count
            looks = position == .asynchronous(continuation) ? looks + 1 : 0
            if looks >= limits.looksAtQuery { return lost("the asynchronous query does not end") }
            if isOnlyAsynchronous, asynchronousRows > limits.windowRows, window.duration > limits.shortestWindow {
                return split("more than \(limits.windowRows) audits in one query", rows: nil)
            }
            position = .asynchronous(continuation)
            return .reading
        case .continued(nil):
            return complete(rows: asynchronousRows + reading.page.audits.count)
        }
    }

    /// The read was refused for its size, or took too long.
    mutating func refusedAsTooMuch(_ reason: String) -> Outcome { split(reason, rows: nil) }

    /// The page size was refused: a smaller one, or a shorter window.
    mutating func refusedPageSize(_ reason: String) -> Outcome {
        guard pageSize > limits.smallestPageSize else { return split(reason, rows: nil) }
        pageSize = max(pageSize / 2, limits.smallestPageSize)
        restart()
        return .again("\(reason); pages of \(pageSize) from now on")
    }

    /// The asynchronous query is gone: ask again; a shorter one may come through where this one does not.
    mutating func lost(_ reason: String) -> Outcome {
        repetitions += 1
        if repetitions >= limits.lossesOfQuery, window.duration > limits.shortestWindow { return split(reason, rows: nil) }
        restart()
        return .again(reason)
    }

    private var isOnlyAsynchronous: Bool { lane.endpoint == .asynchronous }

    /// The page size that the API has taken so far.
    var acceptedPageSize: Int { pageSize }

    private mutating func readAgain(_ reason: String, echoed: Int?) -> Outcome {
        if let echoed, echoed >= limits.smallestPageSize, echoed < pageSize { pageSize = echoed }
        repetitions += 1
        if repetitions > limits.repetitions { return split(reason, rows: nil) }
        restart()
        return .again(reason)
    }

    private mutating func split(_ reason: String, rows: Int?) -> Outcome {
        if window.duration <= limits.shortestWindow {
            asynchronous = true
        } else {
            reach.shrink(from: window.duration, rows: rows)
            window = Interval(window.start, min(window.start + reach.length, interval.end))
        }
        repetitions = 0
        restart()
        return .split(reason)
    }

    private mutating func complete(rows: Int) -> Outcome {
        let covered = window
        if asynchronous == isOnlyAsynchronous { reach.adapt(to: covered.duration, rows: rows) }
        asynchronous = isOnlyAsynchronous
        repetitions = 0
        let isLast = covered.end >= interval.end
        if !isLast {
            window = Interval(covered.end, min(covered.end + reach.length, interval.end))
            restart()
        }
        return .covered(covered, isLast: isLast)
    }

    private mutating func restart() {
        asynchronousRows = 0
        looks = 0
        walk = PageWalk(pageSize: pageSize, rowLimit: limits.windowRows)
        position = asynchronous ? .asynchronous(nil) : walk.first
    }
}
