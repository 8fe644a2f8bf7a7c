import AuditAPI
import Engine

extension ReadFailure {
    /// What an error of the API means for the window that was being read.
    init(_ error: AuditAPIError, lane: Lane) {
        let reason = error.description
        switch error.kind {
        case .cancelled: self = .cancelled
        case .unauthorized, .credentialsRefused, .forbidden: self = .refused(reason)
        case .rateLimited(let wait): self = .transient(reason, delay: wait)
        case .tooLarge: self = .tooMuch(reason)
        case .timeout where error.endpoint == .realtimeQuery: self = .timedOut(reason)
        case .badRequest where error.endpoint == .realtimeQuery: self = ReadFailure(refusedQuery: reason, lane: lane)
        case .badRequest where error.endpoint == .queryResults: self = .queryLost(reason)
        case .notFound where error.endpoint == .queryStatus || error.endpoint == .queryResults: self = .queryLost(reason)
        case .badRequest, .notFound, .timeout, .server, .unexpected, .connection, .malformed, .queryNotDone, .downloadRefused,
            .bound:
            self = .transient(reason, delay: nil)
        }
    }

    /// A 400 of the realtime endpoint. Its reasons are not documented; asking for less is the answer to all but one of them.
    private init(refusedQuery reason: String, lane: Lane) {
        let words = reason.lowercased()
        let namesService = words.contains("servicename") || words.contains("service name")
        self = namesService && lane == .all ? .serviceRequired(reason) : .pageSize(reason)
    }
}
