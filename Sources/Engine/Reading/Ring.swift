/// The rings of reading. Each reads the same events for another reason.
public enum Ring: String, Hashable, Sendable, CaseIterable {
    /// The newest events and the overlap before them, by the realtime endpoint, every few seconds.
    case live
    /// A gap behind the frontier, by the realtime endpoint.
    case catchUp
    /// The last hour again, by the asynchronous endpoint, every few minutes: late events, and the services that realtime lacks.
    case sweep
    /// By the asynchronous endpoint, too: gaps that only it can fill, and the last days again, once a day.
    case reconcile

    /// Who waits for whom where requests wait for the budget.
    var urgency: Urgency {
        switch self {
        case .live: .live
        case .sweep: .sweep
        case .catchUp, .reconcile: .catchUp
        }
    }

    /// The endpoint that it reads.
    public var endpoint: Lane.Endpoint {
        switch self {
        case .live, .catchUp: .realtime
        case .sweep, .reconcile: .asynchronous
        }
    }
}
