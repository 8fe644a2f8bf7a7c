import AuditAPI
import AuditCore
import Engine

/// Everything that is counted in a run beside what the tails count themselves. Every table in it is bounded.
struct RunFigures: Sendable {
    /// More services than the API has; what comes after them is counted as `other`.
    static let mostServices = 200
    static let otherServices = "other"

    struct Request: Hashable, Sendable {
        let endpoint: Endpoint
        /// The HTTP status, or why there was no answer: a kind of `AuditAPIError`.
        let status: String
    }

    /// Of one output.
    struct Delivery: Sendable {
        /// Deliveries that were refused for now, and so are handed in again.
        var retries = 0
        /// Audits in the dead letters, by the reason's kind.
        var rejected: [Rejection: Int] = [:]
        /// The last thing that went wrong; it stays when it is over.
        var lastError: (at: Instant, reason: String)?
        var rate: DeliveryRate
    }

    /// How the configuration in force came to be.
    struct Reload: Sendable {
        /// When it was read: at the start, or at the last reload that succeeded.
        var succeeded: Instant
        /// Whether a later one was refused.
        var isRefused = false
    }

    enum Rejection: String, CaseIterable, Sendable {
        /// The audit cannot be told from another.
        case noID = "no_id"
        /// The receiver refused it for good.
        case refused
    }

    var requests: [Request: Int] = [:]
    var requestSeconds: [Endpoint: DelayHistogram] = [:]
    /// Requests left in the API's window, as it said last.
    var allowanceLeft: Int?
    /// The server's clock minus this machine's, within half a second.
    var clockSkew: Duration?
    /// By this machine's clock.
    var lastPoll: Instant?
    var services: [String: Int] = [:]
    var deliveries: [String: Delivery] = [:]
    var commitSeconds = DelayHistogram.commit
    var failedCommits = 0
    var reload: Reload

    init(started: Instant) { reload = Reload(succeeded: started) }

    mutating func received(_ counts: [String: Int]) {
        for (service, count) in counts {
            let isKnown = services[service] != nil || services.count < RunFigures.mostServices
            services[isKnown ? service : RunFigures.otherServices, default: 0] += count
        }
    }

    mutating func requested(_ endpoint: Endpoint, status: String, took: Duration) {
        requests[Request(endpoint: endpoint, status: status), default: 0] += 1
        requestSeconds[endpoint, default: .request].note(took)
    }
}

extension DelayHistogram {
    /// Of a request: 10 ms to 1 min.
    static let request = DelayHistogram(bounds: [10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000])
    /// Of a commit: 1 ms to 10 s.
    static let commit = DelayHistogram(bounds: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000])
}
