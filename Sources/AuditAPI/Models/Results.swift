/// One page of a realtime query.
public struct AuditRealtimeQueryResults: Sendable, Equatable {
    public var entities: [AuditLogMessage]?
    public var pageSize: Int?
    public var pageNumber: Int?
    public var total: Int64?
    public var pageCount: Int?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension AuditRealtimeQueryResults: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        entities = try fields.readStrictly("entities")
        pageSize = fields.read("pageSize")
        pageNumber = fields.read("pageNumber")
        total = fields.read("total")
        pageCount = fields.read("pageCount")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("entities", entities)
        try fields.write("pageSize", pageSize)
        try fields.write("pageNumber", pageNumber)
        try fields.write("total", total)
        try fields.write("pageCount", pageCount)
        try fields.write(rest: additional)
    }
}

/// The audits of one action.
public struct AuditRealtimeRelatedResults: Sendable, Equatable {
    public var entities: [AuditLogMessage]?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension AuditRealtimeRelatedResults: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        entities = try fields.readStrictly("entities")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("entities", entities)
        try fields.write(rest: additional)
    }
}

/// One page of an asynchronous query.
public struct AuditQueryExecutionResults: Sendable, Equatable {
    /// The transaction id.
    public var id: String?
    public var pageSize: Int?
    /// Where the next page begins; missing on the last one.
    public var cursor: String?
    public var entities: [AuditLogMessage]?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension AuditQueryExecutionResults: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        pageSize = fields.read("pageSize")
        cursor = try fields.readStrictly("cursor")
        entities = try fields.readStrictly("entities")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("pageSize", pageSize)
        try fields.write("cursor", cursor)
        try fields.write("entities", entities)
        try fields.write(rest: additional)
    }
}

/// What stands for a page that is too large for an answer: where to download it.
public struct AuditQueryExecutionLargeResults: Sendable, Equatable {
    /// The transaction id.
    public var id: String?
    public var pageSize: Int?
    /// Where the next page begins; missing on the last one.
    public var cursor: String?
    /// Presigned: whoever has it can read the file, until it expires.
    public var downloadUrl: String?
    public var additional: AdditionalFields = [:]

    public init() {}

    /// The cursor, but for an empty one, which leads nowhere.
    var nextCursor: String? { cursor?.isEmpty == true ? nil : cursor }
}

extension AuditQueryExecutionLargeResults: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        pageSize = fields.read("pageSize")
        cursor = try fields.readStrictly("cursor")
        downloadUrl = try fields.readStrictly("downloadUrl")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("pageSize", pageSize)
        try fields.write("cursor", cursor)
        try fields.write("downloadUrl", downloadUrl)
        try fields.write(rest: additional)
    }
}
