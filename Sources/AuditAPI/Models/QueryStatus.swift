import AuditCore

/// Where an asynchronous query stands, with an echo of what it asks for.
public struct AuditQueryExecutionStatus: Sendable, Equatable {
    /// The transaction id that the other operations take.
    public var id: String?
    public var state: QueryState?
    public var startDate: String?
    public var interval: String?
    public var serviceName: String?
    public var filters: [AuditQueryFilter]?
    public var sort: [AuditQuerySort]?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension AuditQueryExecutionStatus: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        state = fields.read("state")
        startDate = fields.read("startDate")
        interval = fields.read("interval")
        serviceName = fields.read("serviceName")
        filters = fields.read("filters")
        sort = fields.read("sort")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("state", state)
        try fields.write("startDate", startDate)
        try fields.write("interval", interval)
        try fields.write("serviceName", serviceName)
        try fields.write("filters", filters)
        try fields.write("sort", sort)
        try fields.write(rest: additional)
    }
}
