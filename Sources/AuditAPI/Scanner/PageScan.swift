import AuditCore

/// Cuts an answer with a list of audits, which all operations name `entities`, and takes what stands beside the list.
struct PageScan {
    /// More than any page that the API gives, and few enough to hold.
    static let mostAudits = 100_000

    private(set) var audits: [RawAudit] = []
    private(set) var hasEntities = false
    private(set) var pageNumber: Int64?
    private(set) var pageSize: Int64?
    private(set) var pageCount: Int64?
    private(set) var total: Int64?
    private(set) var cursor: String?
    private(set) var id: String?

    /// The whole document must be there, and nothing behind it.
    init(_ bytes: Span<UInt8>) throws(ScanFailure) {
        var position = 0
        JSONScan.whitespace(bytes, &position)
        var members = MemberScan()
        while let member = try members.next(bytes, &position) {
            if member.isNamed("entities", bytes) {
                try readEntities(bytes, &position)
            } else {
                let start = position
                try members.skipValue(bytes, &position, level: 1)
                try take(member, bytes, start, position)
            }
        }
        JSONScan.whitespace(bytes, &position)
        guard position == bytes.count else { throw ScanFailure(.trailing, at: position) }
    }

    private mutating func readEntities(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        guard !hasEntities else { throw ScanFailure(.schema, at: position) }
        guard try JSONScan.byte(bytes, position) != UInt8(ascii: "n") else {
            return try JSONScan.literal("null", bytes, &position)
        }
        guard try JSONScan.byte(bytes, position) == UInt8(ascii: "[") else { throw ScanFailure(.schema, at: position) }
        hasEntities = true
        audits = try PageScan.list(bytes, &position, level: 2)
    }

    /// An array of audits, from bracket to bracket; its elements stand `level` levels deep.
    static func list(_ bytes: Span<UInt8>, _ position: inout Int, level: Int) throws(ScanFailure) -> [RawAudit] {
        var audits: [RawAudit] = []
        try JSONScan.expect(UInt8(ascii: "["), bytes, &position)
        JSONScan.whitespace(bytes, &position)
        if try JSONScan.byte(bytes, position) == UInt8(ascii: "]") {
            position += 1
            return audits
        }
        while true {
            guard audits.count < mostAudits else { throw ScanFailure(.tooMany, at: position) }
            audits.append(try AuditScan.element(bytes, &position, level: level))
            JSONScan.whitespace(bytes, &position)
            let byte = try JSONScan.byte(bytes, position)
            position += 1
            if byte == UInt8(ascii: "]") { return audits }
            guard byte == UInt8(ascii: ",") else { throw ScanFailure(.unexpectedByte, at: position - 1) }
            JSONScan.whitespace(bytes, &position)
        }
    }

    /// A value of another type than the documented one is as good as missing, but for the cursor: without it, pages would be.
    private mutating func take(
        _ member: MemberScan.Member, _ bytes: Span<UInt8>, _ start: Int, _ end: Int
    ) throws(ScanFailure) {
        if member.isNamed("cursor", bytes) {
            cursor = try PageScan.cursor(bytes, start, end)
        } else if member.isNamed("id", bytes) {
            id = PageScan.string(bytes, start, end)
        } else if member.isNamed("pageNumber", bytes) {
            pageNumber = JSONText.integer(bytes, from: start, to: end)
        } else if member.isNamed("pageSize", bytes) {
            pageSize = JSONText.integer(bytes, from: start, to: end)
        } else if member.isNamed("pageCount", bytes) {
            pageCount = JSONText.integer(bytes, from: start, to: end)
        } else if member.isNamed("total", bytes) {
            total = JSONText.integer(bytes, from: start, to: end)
        }
    }

    /// `nil` for `null` and for an empty text: both are no place to go on from.
    private static func cursor(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(ScanFailure) -> String? {
        if bytes[start] == UInt8(ascii: "n") { return nil }
        guard let text = string(bytes, start, end) else { throw ScanFailure(.schema, at: start) }
        return text.isEmpty ? nil : text
    }

    private static func string(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> String? {
        guard bytes[start] == UInt8(ascii: "\"") else { return nil }
        return JSONText.string(bytes, from: start + 1, to: end - 1, hasEscape: true)
    }
}
