import AuditCore

/// One audit as downloaded files (and the vendor's notifications) have it: other names, no status, no initiating action.
public struct DownloadedAudit: Sendable, Equatable {
    public var id: String?
    public var userId: String?
    public var userHomeOrgId: String?
    /// A reference, despite its name.
    public var username: DomainEntityRef?
    public var userDisplay: String?
    /// A reference, despite its name.
    public var clientId: AddressableEntityRef?
    public var remoteIp: [String]?
    public var serviceName: String?
    public var level: AuditLevel?
    /// What queries call `eventDate`.
    public var eventTime: String?
    public var message: MessageInfo?
    public var action: String?
    public var entityType: String?
    public var entity: DomainEntityRef?
    public var propertyChanges: [PropertyChange]?
    public var context: [String: String]?
    public var additional: AdditionalFields = [:]

    public init() {}

    /// `eventTime`, read.
    public var instant: Instant? { eventTime.flatMap { Instant($0) } }
}

extension DownloadedAudit: Codable {
    public init(from decoder: any Decoder) throws {
        var fields = try FieldReader(decoder)
        id = fields.read("id")
        userId = fields.read("userId")
        userHomeOrgId = fields.read("userHomeOrgId")
        username = fields.read("username")
        userDisplay = fields.read("userDisplay")
        clientId = fields.read("clientId")
        remoteIp = fields.read("remoteIp")
        serviceName = fields.read("serviceName")
        level = fields.read("level")
        eventTime = fields.read("eventTime")
        message = fields.read("message")
        action = fields.read("action")
        entityType = fields.read("entityType")
        entity = fields.read("entity")
        propertyChanges = fields.read("propertyChanges")
        context = fields.read("context")
        additional = fields.rest()
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", id)
        try fields.write("userId", userId)
        try fields.write("userHomeOrgId", userHomeOrgId)
        try fields.write("username", username)
        try fields.write("userDisplay", userDisplay)
        try fields.write("clientId", clientId)
        try fields.write("remoteIp", remoteIp)
        try fields.write("serviceName", serviceName)
        try fields.write("level", level)
        try fields.write("eventTime", eventTime)
        try fields.write("message", message)
        try fields.write("action", action)
        try fields.write("entityType", entityType)
        try fields.write("entity", entity)
        try fields.write("propertyChanges", propertyChanges)
        try fields.write("context", context)
        try fields.write(rest: additional)
    }
}

extension AuditLogMessage {
    /// A downloaded audit under the names of the queries; what has no place there stays in `additional`.
    public init(_ audit: DownloadedAudit) {
        self.init()
        id = audit.id
        userHomeOrgId = audit.userHomeOrgId
        user = AuditLogMessage.user(of: audit)
        client = audit.clientId
        remoteIp = audit.remoteIp
        serviceName = audit.serviceName
        level = audit.level
        eventDate = audit.eventTime
        message = audit.message
        action = audit.action
        entityType = audit.entityType
        entity = audit.entity
        propertyChanges = audit.propertyChanges
        context = audit.context
        additional = audit.additional
        // A file that has the queries' own name for it after all.
        if eventDate == nil, case .string(let date)? = additional["eventDate"] {
            eventDate = date
            additional["eventDate"] = nil
        }
    }

    private static func user(of audit: DownloadedAudit) -> DomainEntityRef? {
        guard audit.username != nil || audit.userId != nil || audit.userDisplay != nil else { return nil }
        var user = audit.username ?? DomainEntityRef()
        if user.id == nil || user.id == "" { user.id = audit.userId ?? user.id }
        user.name = user.name ?? audit.userDisplay
        return user
    }
}
