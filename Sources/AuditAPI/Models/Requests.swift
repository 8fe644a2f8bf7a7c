import AuditCore

/// What an asynchronous query asks for. It reaches back a year; one query spans at most 31 days.
public struct AuditQueryRequest: Sendable, Equatable {
    /// Sent as `start/end` in UTC. Whether the API takes its end as included is not documented.
    public var interval: Interval
    /// `nil` asks for all services.
    public var serviceName: String?
    /// All must match. One filter a property; `Action` needs an `EntityType` beside it.
    public var filters: [AuditQueryFilter]
    /// The order without any is not documented.
    public var sort: [AuditQuerySort]

    public init(
        interval: Interval, serviceName: String? = nil, filters: [AuditQueryFilter] = [], sort: [AuditQuerySort] = []
    ) {
        self.interval = interval
        self.serviceName = serviceName
        self.filters = filters
        self.sort = sort
    }
}

/// What a realtime query asks for. It reaches back 14 days and knows some services only.
public struct AuditRealtimeQueryRequest: Sendable, Equatable {
    /// Sent as `start/end` in UTC. Whether the API takes its end as included is not documented.
    public var interval: Interval
    /// Optional in the API's description; where the API refuses a query without it, ask for each service of the mapping.
    public var serviceName: String?
    /// All must match. One filter a property; `Action` needs an `EntityType` beside it.
    public var filters: [AuditQueryFilter]
    /// The order without any is not documented.
    public var sort: [AuditQuerySort]
    /// From 1.
    public var pageNumber: Int?
    /// 500 is known to work; neither the default nor the maximum is documented.
    public var pageSize: Int?

    public init(
        interval: Interval, serviceName: String? = nil, filters: [AuditQueryFilter] = [], sort: [AuditQuerySort] = [],
        pageNumber: Int? = nil, pageSize: Int? = nil
    ) {
        self.interval = interval
        self.serviceName = serviceName
        self.filters = filters
        self.sort = sort
        self.pageNumber = pageNumber
        self.pageSize = pageSize
    }
}

/// Asks for all audits that the action behind one audit made.
public struct AuditRealtimeRelatedRequest: Sendable, Equatable {
    public var auditId: String
    /// Where the audit was made by a trustee's user inside a trustor's organization: the latter's id.
    public var trustorOrgId: String?
    public var sort: [AuditQuerySort]

    public init(auditId: String, trustorOrgId: String? = nil, sort: [AuditQuerySort] = []) {
        self.auditId = auditId
        self.trustorOrgId = trustorOrgId
        self.sort = sort
    }
}

extension AuditQueryRequest: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("interval", interval.description)
        try fields.write("serviceName", serviceName)
        try fields.write("filters", filters.isEmpty ? nil : filters)
        try fields.write("sort", sort.isEmpty ? nil : sort)
    }
}

extension AuditRealtimeQueryRequest: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("interval", interval.description)
        try fields.write("serviceName", serviceName)
        try fields.write("filters", filters.isEmpty ? nil : filters)
        try fields.write("sort", sort.isEmpty ? nil : sort)
        try fields.write("pageNumber", pageNumber)
        try fields.write("pageSize", pageSize)
    }
}

extension AuditRealtimeRelatedRequest: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("auditId", auditId)
        try fields.write("trustorOrgId", trustorOrgId)
        try fields.write("sort", sort.isEmpty ? nil : sort)
    }
}
