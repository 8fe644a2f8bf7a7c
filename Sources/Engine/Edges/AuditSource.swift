import AuditCore

/// Where audits come from. One edge of the engine; `AuditReader` is the real one.
public protocol AuditSource: Sendable {
    /// The lanes to read now: one for all services where the API accepts that, else one a service. Cancellation throws.
    func lanes() async throws(ReadFailure) -> [Lane]

    /// Reads one page. Called at most twice at a time per tail. Waits for the request budget; cancellation throws.
    func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading

    /// The server's time, never ahead of it; `nil` before its first answer.
    func serverNow() -> Instant?
}

/// One page of one window.
public struct ReadRequest: Sendable, Hashable {
    public let lane: Lane
    /// Of event time, on whole seconds; the API's treatment of its ends is not known, so the engine widens it as it needs.
    public let interval: Interval
    public let position: Position
    /// How soon it goes where requests wait for the budget; it changes nothing of what is read.
    public let urgency: Urgency
    /// How often the query was looked at before, without any progress: the longer it takes, the less often it is looked at.
    public let looks: Int

    public enum Position: Sendable, Hashable {
        /// The realtime endpoint, pages counted from 1, ascending by time.
        case page(Int, size: Int)
        /// The asynchronous endpoint: `nil` starts a query, a continuation goes on with it.
        case asynchronous(Continuation?)
    }

    public init(lane: Lane, interval: Interval, position: Position, urgency: Urgency = .live, looks: Int = 0) {
        self.lane = lane
        self.interval = interval
        self.position = position
        self.urgency = urgency
        self.looks = looks
    }

    /// What is read: the answer to one request is the answer to every other one of the same subject.
    public var subject: Subject { Subject(lane: lane, interval: interval, position: position) }

    public struct Subject: Sendable, Hashable {
        let lane: Lane
        let interval: Interval
        let position: Position
    }
}

/// Where an asynchronous query stands: what a restart needs to go on with it.
public struct Continuation: Sendable, Hashable {
    public let transactionID: String
    /// `nil` before the first page of results.
    public let cursor: String?
    /// The query is known to have come to its end, so that its results can be read without a look at it. Not kept over a restart.
    public let isDone: Bool

    public init(transactionID: String, cursor: String?, isDone: Bool = false) {
        self.transactionID = transactionID
        self.cursor = cursor
        self.isDone = isDone || cursor != nil
    }

    /// The same query, now that it has come to its end.
    public var done: Continuation { Continuation(transactionID: transactionID, cursor: cursor, isDone: true) }
}

/// One page that was read, and what the API said around it.
public struct PageReading: Sendable {
    public let page: AuditPage
    public let rest: Rest

    public enum Rest: Sendable, Equatable {
        /// Realtime: what the answer says of the whole set. The API may leave any of them out.
        case numbered(total: Int?, pageCount: Int?, pageSize: Int?)
        /// Asynchronous: how to go on; `nil` after the last page.
        case continued(Continuation?)
    }

    public init(page: AuditPage, rest: Rest) {
        self.page = page
        self.rest = rest
    }
}

/// Why a page could not be read.
public enum ReadFailure: Error, Sendable, Equatable {
    /// The window is more than the API serves at once.
    case tooMuch(String)
    /// The API did not answer in time: perhaps since the window is too much, perhaps since it is in trouble.
    case timedOut(String)
    /// The page size is refused.
    case pageSize(String)
    /// The API wants a service named.
    case serviceRequired(String)
    /// The asynchronous query or its cursor is gone: the window has to be asked for again.
    case queryLost(String)
    /// It may work later: after `delay`, where the API said one.
    case transient(String, delay: Duration?)
    /// Credentials or permission are refused. An operator has to act; trying again later is right.
    case refused(String)
    case cancelled
}
