import AuditCore

/// One audit, as the queries give it. Every field may be missing.
public struct AuditLogMessage: Sendable, Equatable {
    public var id: String?
    public var userHomeOrgId: String?
    /// Who acted; empty where the system did.
    public var user: DomainEntityRef?
    public var client: AddressableEntityRef?
    /// IPv4 or IPv6; several where the request had several hops.
    public var remoteIp: [String]?
    public var serviceName: String?
    public var level: AuditLevel?
    /// As the API wrote it, in UTC, mostly with whole seconds.
    public var eventDate: String?
    public var message: MessageInfo?
    public var action: String?
    /// What was acted upon.
    public var entity: DomainEntityRef?
    public var entityType: String?
    public var status: AuditStatus?
    public var application: String?
    public var initiatingAction: InitiatingAction?
    public var transactionInitiator: Bool?
    public var propertyChanges: [PropertyChange]?
    public var context: [String: String]?
    public var entityChanges: [EntityChange]?
    public var additional: AdditionalFields = [:]

    public init() {}

    /// `eventDate`, read.
    public var instant: Instant? { eventDate.flatMap { Instant($0) } }
}

extension AuditLogMessage: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        userHomeOrgId = fields.read("userHomeOrgId")
        user = fields.read("user")
        client = fields.read("client")
        remoteIp = fields.read("remoteIp")
        serviceName = fields.read("serviceName")
        level = fields.read("level")
        eventDate = fields.read("eventDate")
        message = fields.read("message")
        action = fields.read("action")
        entity = fields.read("entity")
        entityType = fields.read("entityType")
        status = fields.read("status")
        application = fields.read("application")
        initiatingAction = fields.read("initiatingAction")
        transactionInitiator = fields.read("transactionInitiator")
        propertyChanges = fields.read("propertyChanges")
        context = fields.read("context")
        entityChanges = fields.read("entityChanges")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("userHomeOrgId", userHomeOrgId)
        try fields.write("user", user)
        try fields.write("client", client)
        try fields.write("remoteIp", remoteIp)
        try fields.write("serviceName", serviceName)
        try fields.write("level", level)
        try fields.write("eventDate", eventDate)
        try fields.write("message", message)
        try fields.write("action", action)
        try fields.write("entity", entity)
        try fields.write("entityType", entityType)
        try fields.write("status", status)
        try fields.write("application", application)
        try fields.write("initiatingAction", initiatingAction)
        try fields.write("transactionInitiator", transactionInitiator)
        try fields.write("propertyChanges", propertyChanges)
        try fields.write("context", context)
        try fields.write("entityChanges", entityChanges)
        try fields.write(rest: additional)
    }
}
