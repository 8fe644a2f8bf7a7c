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

    private mutating func note(_ member: ObjectMembers.Member) {
        switch name(member) {
        case "id": set(.id, member.value)
        case "serviceName": set(.service, member.value)
        case "action": set(.action, member.value)
        case "entityType": set(.entityType, member.value)
        case "level": set(.level, member.value)
        case "status": set(.status, member.value)
        case "application": set(.application, member.value)
        case "eventDate", "eventTime": set(.eventDate, member.value)
        case "userHomeOrgId": set(.userHomeOrgID, member.value)
        case "userId": set(.userID, member.value)
        case "userDisplay": set(.userName, member.value)
        case "remoteIp": remoteIPRange = member.value
        case "user", "username": note(member.value, ["id": .userID, "name": .userName])
        case "entity": note(member.value, ["id": .entityID, "name": .entityName])
        case "client", "clientId": note(member.value, ["id": .clientID])
        case "initiatingAction": note(member.value, ["transactionId": .transactionID])
        case "message": note(member.value, ["localizableMessageCode": .messageCode])
        default: break
        }
    }

    /// The members of an object inside; a plain text stands for its id.
    private mutating func note(_ value: Range<Int>, _ names: KeyValuePairs<StaticString, Name>) {
        guard bytes[value.lowerBound] == UInt8(ascii: "{") else {
            if let first = names.first { set(first.value, value) }
            return
        }
        var members = ObjectMembers(bytes, in: value)
        while let member = members.next() {
            let name = name(member)
            if let found = names.first(where: { "\($0.key)" == name }) { set(found.value, member.value) }
        }
    }

    private mutating func set(_ name: Name, _ value: Range<Int>) {
        if let range = text(value), !range.isEmpty { ranges[name.rawValue] = range }
    }

    /// A name is never longer than a few letters where it is one of ours.
    private func name(_ member: ObjectMembers.Member) -> String {
        member.name.count > 64 ? "" : StringText.decode(bytes[member.name])
    }

    /// What stands between the quotes; `nil` where the value is no string.
    private func text(_ value: Range<Int>) -> Range<Int>? {
        guard value.count >= 2, bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return value.lowerBound + 1..<value.upperBound - 1
    }
}
