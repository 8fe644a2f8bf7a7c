import AuditCore

/// The members of an audit that other formats name: found by one walk over its bytes, decoded when asked for.
///
/// Two shapes are understood: that of the query results, and that of downloaded results (`userId`, `userDisplay`, `clientId`,
/// `eventTime`). A member of another type than expected, an empty text and `null` count as missing.
public struct AuditFields: Sendable {
    /// A member with one text.
    public enum Name: Int, CaseIterable, Sendable {
        case id, service, action, entityType, entityID, entityName, userID, userName, userHomeOrgID, clientID, level, status
        case application, eventDate, transactionID, messageCode
    }

    private let bytes: [UInt8]
    private var ranges: [Range<Int>]
    private var remoteIPRange: Range<Int>?

    public init(_ audit: RawAudit, of page: AuditPage) {
        bytes = page.bytes
        ranges = Array(repeating: 0..<0, count: Name.allCases.count)
        var members = ObjectMembers(bytes, in: audit.start..<audit.end)
        while let member = members.next() { note(member) }
    }

    public subscript(name: Name) -> String? {
        let range = ranges[name.rawValue]
        return range.isEmpty ? nil : StringText.decode(bytes[range])
    }

    /// The addresses that the request came from, the nearest hop last or first as the API wrote them.
    public var remoteIPs: [String] {
        guard let range = remoteIPRange else { return [] }
        let values = text(range).map { [$0] } ?? ObjectMembers.elements(of: bytes, in: range).compactMap(text)
        return values.filter { !$0.isEmpty }.map { StringText.decode(bytes[$0]) }
    }

    /// Where a member's text goes, or those of the members of an object inside.
    private enum Place {
        case text(Name)
        case addresses
        /// A plain text in the object's place stands for its first.
        case inside([(member: StaticString, name: Name)])
    }

    private static let places: [(member: StaticString, place: Place)] = [
        ("id", .text(.id)), ("serviceName", .text(.service)), ("action", .text(.action)), ("entityType", .text(.entityType)),
        ("level", .text(.level)), ("status", .text(.status)), ("application", .text(.application)),
        ("eventDate", .text(.eventDate)),
        ("eventTime", .text(.eventDate)), ("userHomeOrgId", .text(.userHomeOrgID)), ("userId", .text(.userID)),
        ("userDisplay", .text(.userName)), ("remoteIp", .addresses), ("user", .inside([("id", .userID), ("name", .userName)])),
        ("username", .inside([("id", .userID), ("name", .userName)])),
        ("entity", .inside([("id", .entityID), ("name", .entityName)])),
        ("client", .inside([("id", .clientID)])), ("clientId", .inside([("id", .clientID)])),
        ("initiatingAction", .inside([("transactionId", .transactionID)])),
        ("message", .inside([("localizableMessageCode", .messageCode)])),
    ]

    private mutating func note(_ member: ObjectMembers.Member) {
        switch AuditFields.places.first(where: { isNamed(member, $0.member) })?.place {
        case .text(let name): set(name, member.value)
        case .addresses: remoteIPRange = member.value
        case .inside(let names): note(member.value, names)
        case nil: break
        }
    }

    private mutating func note(_ value: Range<Int>, _ names: [(member: StaticString, name: Name)]) {
        guard bytes[value.lowerBound] == UInt8(ascii: "{") else {
            if let first = names.first { set(first.name, value) }
            return
        }
        var members = ObjectMembers(bytes, in: value)
        while let member = members.next() {
            if let found = names.first(where: { isNamed(member, $0.member) }) { set(found.name, member.value) }
        }
    }

    private mutating func set(_ name: Name, _ value: Range<Int>) {
        if let range = text(value), !range.isEmpty { ranges[name.rawValue] = range }
    }

    /// The API writes the names without escapes; one that is written with them is another name here.
    private func isNamed(_ member: ObjectMembers.Member, _ name: StaticString) -> Bool {
        guard member.name.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount where bytes[member.name.lowerBound + index] != name.utf8Start[index] {
            return false
        }
        return true
    }

    /// What stands between the quotes; `nil` where the value is no string.
    private func text(_ value: Range<Int>) -> Range<Int>? {
        guard value.count >= 2, bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return value.lowerBound + 1..<value.upperBound - 1
    }
}
