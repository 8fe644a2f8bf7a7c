import AuditCore
import Engine
import Formats

/// The fields of an audit's journal entry.
struct JournalFields {
    /// MESSAGE_ID of every audit, whatever it is about: `journalctl MESSAGE_ID=…` finds them all. Made once, at random; never changes.
    static let auditMessageID = "e0ec92a663c245d62aeaab513084ea64"
    /// MESSAGE_ID of what the program says of itself in the stream: heartbeats and lost time.
    static let recordMessageID = "a7a6f80e07ab7a56bab7ab63d97849f8"
    /// More addresses than any chain of proxies has; without a bound one audit could have more fields than journald takes.
    static let mostRemoteIPs = 64

    let settings: JournaldSettings
    let format: Format

    /// - Parameter mark: the batch and the audit's place in it, by which the entry is looked for.
    func entry(_ audit: RawAudit, of batch: Batch, mark: (token: String, place: Int)?) -> [UInt8] {
        let fields = AuditFields(audit, of: batch.page)
        var message: [UInt8] = []
        format.append(audit, of: batch.page, to: &message)
        var entry = JournalEntry()
        entry.add("MESSAGE", message)
        entry.add("MESSAGE_ID", batch.isRecord ? JournalFields.recordMessageID : JournalFields.auditMessageID)
        entry.add("PRIORITY", "\((batch.isRecord ? .informational : settings.severity.severity(of: fields)).rawValue)")
        entry.add("SYSLOG_IDENTIFIER", settings.identifier)
        entry.add("SYSLOG_FACILITY", "\(settings.facility.number)")
        if !batch.isRecord { JournalFields.add(fields, to: &entry) }
        if let mark {
            entry.add("AUDITFERRY_BATCH", mark.token)
            entry.add("AUDITFERRY_PLACE", "\(mark.place)")
        }
        return entry.bytes
    }

    private static func add(_ fields: AuditFields, to entry: inout JournalEntry) {
        for (name, member) in names {
            if let value = fields[member] { entry.add(name, value) }
        }
        for address in fields.remoteIPs.prefix(mostRemoteIPs) { entry.add("GENESYS_REMOTE_IP", address) }
    }

    private static let names: [(StaticString, AuditFields.Name)] = [
        ("GENESYS_AUDIT_ID", .id), ("GENESYS_SERVICE", .service), ("GENESYS_ACTION", .action), ("GENESYS_LEVEL", .level),
        ("GENESYS_OUTCOME", .status), ("GENESYS_EVENT_DATE", .eventDate), ("GENESYS_APPLICATION", .application),
        ("GENESYS_ENTITY_TYPE", .entityType), ("GENESYS_ENTITY_ID", .entityID), ("GENESYS_ENTITY_NAME", .entityName),
        ("GENESYS_USER_ID", .userID), ("GENESYS_USER_NAME", .userName), ("GENESYS_USER_HOME_ORG_ID", .userHomeOrgID),
        ("GENESYS_CLIENT_ID", .clientID), ("GENESYS_TRANSACTION_ID", .transactionID), ("GENESYS_MESSAGE_CODE", .messageCode),
    ]
}
