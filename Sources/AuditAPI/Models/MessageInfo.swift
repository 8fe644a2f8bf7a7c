/// A sentence about the audit, for people.
public struct MessageInfo: Sendable, Equatable {
    public var localizableMessageCode: String?
    public var message: String?
    public var messageWithParams: String?
    public var messageParams: [String: String]?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension MessageInfo: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        localizableMessageCode = fields.read("localizableMessageCode")
        message = fields.read("message")
        messageWithParams = fields.read("messageWithParams")
        messageParams = fields.read("messageParams")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("localizableMessageCode", localizableMessageCode)
        try fields.write("message", message)
        try fields.write("messageWithParams", messageWithParams)
        try fields.write("messageParams", messageParams)
        try fields.write(rest: additional)
    }
}

/// The audit that began the transaction which this one belongs to.
public struct InitiatingAction: Sendable, Equatable {
    /// The id of that audit.
    public var transactionId: String?
    /// Its action.
    public var actionContext: String?
    public var additional: AdditionalFields = [:]

    public init() {}
}

extension InitiatingAction: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        transactionId = fields.read("transactionId")
        actionContext = fields.read("actionContext")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("transactionId", transactionId)
        try fields.write("actionContext", actionContext)
        try fields.write(rest: additional)
    }
}
