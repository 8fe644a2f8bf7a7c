/// The API's own account of a failure. Every field may be missing; unknown fields are kept.
public struct ErrorBody: Sendable, Equatable {
    public var message: String?
    /// For instance `bad.request`, `response.entity.too.large`, `missing.permissions`.
    public var code: String?
    public var status: Int?
    public var entityId: String?
    public var entityName: String?
    public var messageWithParams: String?
    public var messageParams: [String: String]?
    /// Usually the correlation id.
    public var contextId: String?
    public var details: [ErrorDetail]?
    public var errors: [ErrorBody]?
    public var limit: ErrorLimit?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension ErrorBody: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        message = fields.read("message")
        code = fields.read("code")
        status = fields.read("status")
        entityId = fields.read("entityId")
        entityName = fields.read("entityName")
        messageWithParams = fields.read("messageWithParams")
        messageParams = fields.read("messageParams")
        contextId = fields.read("contextId")
        details = fields.read("details")
        errors = fields.read("errors")
        limit = fields.read("limit")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("message", message)
        try fields.write("code", code)
        try fields.write("status", status)
        try fields.write("entityId", entityId)
        try fields.write("entityName", entityName)
        try fields.write("messageWithParams", messageWithParams)
        try fields.write("messageParams", messageParams)
        try fields.write("contextId", contextId)
        try fields.write("details", details)
        try fields.write("errors", errors)
        try fields.write("limit", limit)
        try fields.write(rest: additional)
    }
}

/// One field of a request that the API did not like.
public struct ErrorDetail: Sendable, Equatable {
    public var errorCode: String?
    public var fieldName: String?
    public var entityId: String?
    public var entityName: String?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension ErrorDetail: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        errorCode = fields.read("errorCode")
        fieldName = fields.read("fieldName")
        entityId = fields.read("entityId")
        entityName = fields.read("entityName")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("errorCode", errorCode)
        try fields.write("fieldName", fieldName)
        try fields.write("entityId", entityId)
        try fields.write("entityName", entityName)
        try fields.write(rest: additional)
    }
}

/// The limit that a refused request ran into.
public struct ErrorLimit: Sendable, Equatable {
    /// For instance `client.credentials.token.rate.per.minute`.
    public var key: String?
    public var namespace: LimitNamespace?
    public var value: Int64?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension ErrorLimit: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        key = fields.read("key")
        namespace = fields.read("namespace")
        value = fields.read("value")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("key", key)
        try fields.write("namespace", namespace)
        try fields.write("value", value)
        try fields.write(rest: additional)
    }
}

/// The part of the platform that owns a limit. The vendor names some ninety; these are the ones that audits can meet.
public struct LimitNamespace: OpenValue {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let audit = LimitNamespace(rawValue: "audit")
    public static let platformAPI = LimitNamespace(rawValue: "platform.api")
    public static let authAPI = LimitNamespace(rawValue: "auth.api")
}
