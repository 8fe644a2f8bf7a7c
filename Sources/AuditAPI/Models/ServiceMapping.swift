/// Which services write audits, about which entities, with which actions: an organization's own, and open.
public struct AuditQueryServiceMapping: Sendable, Equatable {
    public var services: [AuditQueryService]?
    public var additional: AdditionalFields = [:]

    public init(services: [AuditQueryService]? = nil) { self.services = services }

    /// The names, in the order of the answer.
    public var serviceNames: [String] { services?.compactMap(\.name) ?? [] }
}

extension AuditQueryServiceMapping: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        services = try fields.readStrictly("services")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("services", services)
        try fields.write(rest: additional)
    }
}

public struct AuditQueryService: Sendable, Equatable {
    public var name: String?
    public var entities: [AuditQueryEntity]?
    public var additional: AdditionalFields = [:]

    public init(name: String? = nil, entities: [AuditQueryEntity]? = nil) {
        self.name = name
        self.entities = entities
    }
}

extension AuditQueryService: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        name = fields.read("name")
        entities = fields.read("entities")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("name", name)
        try fields.write("entities", entities)
        try fields.write(rest: additional)
    }
}

public struct AuditQueryEntity: Sendable, Equatable {
    public var name: String?
    public var actions: [String]?
    public var additional: AdditionalFields = [:]

    public init(name: String? = nil, actions: [String]? = nil) {
        self.name = name
        self.actions = actions
    }
}

extension AuditQueryEntity: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        name = fields.read("name")
        actions = fields.read("actions")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("name", name)
        try fields.write("actions", actions)
        try fields.write(rest: additional)
    }
}
