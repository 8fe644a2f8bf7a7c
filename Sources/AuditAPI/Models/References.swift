/// A thing of the organization, by its id and perhaps its name.
public struct DomainEntityRef: Sendable, Equatable {
    /// May be missing or empty.
    public var id: String?
    public var name: String?
    public var selfUri: String?
    public var additional: AdditionalFields = [:]

    public init(id: String? = nil, name: String? = nil, selfUri: String? = nil) {
        self.id = id
        self.name = name
        self.selfUri = selfUri
    }
}

extension DomainEntityRef: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        name = fields.read("name")
        selfUri = fields.read("selfUri")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("name", name)
        try fields.write("selfUri", selfUri)
        try fields.write(rest: additional)
    }
}

/// A thing of the organization, by its id alone.
public struct AddressableEntityRef: Sendable, Equatable {
    /// Often empty rather than missing.
    public var id: String?
    public var selfUri: String?
    public var additional: AdditionalFields = [:]

    public init(id: String? = nil, selfUri: String? = nil) {
        self.id = id
        self.selfUri = selfUri
    }
}

extension AddressableEntityRef: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        selfUri = fields.read("selfUri")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("selfUri", selfUri)
        try fields.write(rest: additional)
    }
}
