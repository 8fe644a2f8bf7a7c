/// A property that a query can filter by.
public struct FilterProperty: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The acting user (`user.id`), exactly.
    public static let userID = FilterProperty(rawValue: "UserId")
    public static let trusteeOrganizationID = FilterProperty(rawValue: "TrusteeOrganizationId")
    public static let clientID = FilterProperty(rawValue: "ClientId")
    /// Needs a filter on the entity type beside it.
    public static let action = FilterProperty(rawValue: "Action")
    public static let entityType = FilterProperty(rawValue: "EntityType")
    /// The entity that was changed (`entity.id`).
    public static let entityID = FilterProperty(rawValue: "EntityId")
    /// All that the API documents.
    public static let documented: [FilterProperty] = [
        .userID, .trusteeOrganizationID, .clientID, .action, .entityType, .entityID,
    ]
}

/// The property that audits are sorted by: there is one.
public struct SortName: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let timestamp = SortName(rawValue: "Timestamp")
}

public struct SortOrder: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let ascending = SortOrder(rawValue: "ascending")
    public static let descending = SortOrder(rawValue: "descending")
}

/// A field that an answer holds only when asked for.
public struct Expansion: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Fills `user.name`.
    public static let user = Expansion(rawValue: "user")
}

/// Whether audits belong to people or to the system.
public struct AuditLevel: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let user = AuditLevel(rawValue: "USER")
    public static let system = AuditLevel(rawValue: "SYSTEM")
    public static let genesysInternal = AuditLevel(rawValue: "GENESYS_INTERNAL")
}

/// How the audited action ended.
public struct AuditStatus: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let success = AuditStatus(rawValue: "SUCCESS")
    public static let failure = AuditStatus(rawValue: "FAILURE")
    public static let warning = AuditStatus(rawValue: "WARNING")
}

/// Where an asynchronous query stands.
public struct QueryState: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let queued = QueryState(rawValue: "Queued")
    public static let running = QueryState(rawValue: "Running")
    public static let succeeded = QueryState(rawValue: "Succeeded")
    public static let failed = QueryState(rawValue: "Failed")
    public static let cancelled = QueryState(rawValue: "Cancelled")

    /// Whether the query will not change its state again. A state that is not known may still change.
    public var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}

/// One condition of a query.
public struct AuditQueryFilter: Sendable, Equatable {
    public var property: FilterProperty
    /// One value, compared exactly, upper and lower case apart.
    public var value: String
    public var additional: AdditionalFields = [:]

    public init(property: FilterProperty, value: String) {
        self.property = property
        self.value = value
    }
}

extension AuditQueryFilter: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        property = try fields.readStrictly("property") ?? ""
        value = try fields.readStrictly("value") ?? ""
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("property", property)
        try fields.write("value", value)
        try fields.write(rest: additional)
    }
}

/// One key of the order of a query.
public struct AuditQuerySort: Sendable, Equatable {
    public var name: SortName
    public var sortOrder: SortOrder
    public var additional: AdditionalFields = [:]

    public init(name: SortName = .timestamp, sortOrder: SortOrder) {
        self.name = name
        self.sortOrder = sortOrder
    }

    /// Oldest first.
    public static let ascending = AuditQuerySort(sortOrder: .ascending)
    /// Newest first.
    public static let descending = AuditQuerySort(sortOrder: .descending)
}

extension AuditQuerySort: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        name = try fields.readStrictly("name") ?? ""
        sortOrder = try fields.readStrictly("sortOrder") ?? ""
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("name", name)
        try fields.write("sortOrder", sortOrder)
        try fields.write(rest: additional)
    }
}
