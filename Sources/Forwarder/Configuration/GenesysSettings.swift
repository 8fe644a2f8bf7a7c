import AuditAPI

/// Which organization is read, as whom, and what of it.
public struct GenesysSettings: Sendable, Equatable {
    public var endpoints: Endpoints
    public var credentials: Credentials
    public var selection: AuditSelection
    public var requestsPerMinute: RequestShare

    public init(
        endpoints: Endpoints, credentials: Credentials, selection: AuditSelection = .init(),
        requestsPerMinute: RequestShare = .automatic
    ) {
        self.endpoints = endpoints
        self.credentials = credentials
        self.selection = selection
        self.requestsPerMinute = requestsPerMinute
    }
}

/// How much of the organization's allowance of requests is used.
public enum RequestShare: Sendable, Equatable {
    /// 80 % of what the API states.
    case automatic
    /// 1 to 3000, the highest limit that the API documents for an organization.
    case perMinute(Int)
}

/// Which audits are asked for.
public struct AuditSelection: Sendable, Equatable {
    public enum Services: Sendable, Equatable {
        case all
        /// 1 to 200 names as the API spells them, each once.
        case only([String])
    }

    public var services: Services
    /// At most 200; leaves at least one of `services`.
    public var excludedServices: [String]
    /// Whether the API adds the users' names.
    public var expandsUser: Bool
    /// At most one for each documented property, `Action` only beside `EntityType`; an audit is read when all of them hold.
    public var filters: [AuditQueryFilter]

    public init(
        services: Services = .all, excludedServices: [String] = [], expandsUser: Bool = true, filters: [AuditQueryFilter] = []
    ) {
        self.services = services
        self.excludedServices = excludedServices
        self.expandsUser = expandsUser
        self.filters = filters
    }
}
