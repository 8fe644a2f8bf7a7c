/// One property of the audited entity, before and after. Either list may be missing; values may hold JSON of their own.
public struct PropertyChange: Sendable, Equatable {
    public var property: String?
    public var oldValues: [String]?
    public var newValues: [String]?
    public var additional: AdditionalFields = [:]

    public init(property: String? = nil, oldValues: [String]? = nil, newValues: [String]? = nil) {
        self.property = property
        self.oldValues = oldValues
        self.newValues = newValues
    }
}

extension PropertyChange: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        property = fields.read("property")
        oldValues = fields.read("oldValues")
        newValues = fields.read("newValues")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("property", property)
        try fields.write("oldValues", oldValues)
        try fields.write("newValues", newValues)
        try fields.write(rest: additional)
    }
}

/// Another entity that the action changed.
public struct EntityChange: Sendable, Equatable {
    public var entityId: String?
    public var entityName: String?
    public var entityType: String?
    public var oldValues: [String]?
    public var newValues: [String]?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension EntityChange: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        entityId = fields.read("entityId")
        entityName = fields.read("entityName")
        entityType = fields.read("entityType")
        oldValues = fields.read("oldValues")
        newValues = fields.read("newValues")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("entityId", entityId)
        try fields.write("entityName", entityName)
        try fields.write("entityType", entityType)
        try fields.write("oldValues", oldValues)
        try fields.write("newValues", newValues)
        try fields.write(rest: additional)
    }
}
