import AuditAPI

/// What a reader asks for.
public struct ReaderSettings: Sendable {
    /// `nil` for all services.
    public var services: [String]?
    public var excludedServices: Set<String> = []
    /// Whether the API is asked for the users' names.
    public var expandsUser = true
    /// Whether the realtime endpoint is read.
    public var readsRealtime = true
    /// Whether the asynchronous endpoint is read, as lanes of its own.
    public var readsAsynchronous = false
    /// All must match.
    public var filters: [AuditQueryFilter] = []
    /// The budget; `nil` for the automatic share of what the API states.
    public var requestsPerMinute: Int?

    public init() {}

    var expand: [Expansion] { expandsUser ? [.user] : [] }
}
