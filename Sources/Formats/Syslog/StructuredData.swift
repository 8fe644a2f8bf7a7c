/// The structured data of an audit (RFC 5424 section 6.3): `[genesys@32473 id="…" service="…" …]`.
enum StructuredData {
    private static let parameters: [(name: String, field: AuditFields.Name)] = [
        ("id", .id), ("service", .service), ("action", .action), ("entityType", .entityType), ("entityId", .entityID),
        ("entityName", .entityName), ("userId", .userID), ("userName", .userName), ("clientId", .clientID), ("level", .level),
        ("status", .status), ("application", .application), ("transactionId", .transactionID),
    ]

    /// - Parameter keepsLineEnds: whether they may stand in the message, since its frame does not end at one.
    static func append(_ fields: AuditFields, enterprise: Int, keepsLineEnds: Bool, to buffer: inout [UInt8]) {
        buffer += "[genesys@\(enterprise)".utf8
        for (name, field) in parameters {
            if let value = fields[field] { append(name, value, keepsLineEnds, to: &buffer) }
        }
        // A name may come more than once.
        for address in fields.remoteIPs { append("remoteIp", address, keepsLineEnds, to: &buffer) }
        buffer.append(UInt8(ascii: "]"))
    }

    /// Section 6.3.3: three characters are escaped, and no other. A line end that cannot stand here is a space; NUL, which most receivers take for
    /// an end or replace, is U+FFFD.
    private static func append(_ name: String, _ value: String, _ keepsLineEnds: Bool, to buffer: inout [UInt8]) {
        buffer += " \(name)=\"".utf8
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "]"):
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            case UInt8(ascii: "\n") where !keepsLineEnds, UInt8(ascii: "\r") where !keepsLineEnds:
                buffer.append(UInt8(ascii: " "))
            case 0: buffer += [0xef, 0xbf, 0xbd]
            default: buffer.append(byte)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }
}
