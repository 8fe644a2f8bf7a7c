import AuditCore

/// How many audits of a page belong to which service.
public enum ServiceCounts {
    /// By the API's name of the service; audits without one are not counted. Looks no further into an audit than its `serviceName`.
    public static func of(_ page: AuditPage) -> [String: Int] {
        // A page has few services: comparing bytes is cheaper than making a text for each audit.
        var found: [(name: Range<Int>, count: Int)] = []
        for audit in page.audits {
            guard let name = name(in: audit, of: page) else { continue }
            if let index = found.firstIndex(where: { isEqual($0.name, name, page.bytes) }) {
                found[index].count += 1
            } else {
                found.append((name, 1))
            }
        }
        return Dictionary(found.map { (StringText.decode(page.bytes[$0.name]), $0.count) }, uniquingKeysWith: +)
    }

    private static func name(in audit: RawAudit, of page: AuditPage) -> Range<Int>? {
        var members = ObjectMembers(page.bytes, in: audit.start..<audit.end)
        while let member = members.next() {
            guard member.name.count == key.utf8CodeUnitCount, isKey(member.name, page.bytes) else { continue }
            guard member.value.count > 2, page.bytes[member.value.lowerBound] == UInt8(ascii: "\"") else { return nil }
            return member.value.lowerBound + 1..<member.value.upperBound - 1
        }
        return nil
    }

    private static let key: StaticString = "serviceName"

    private static func isKey(_ name: Range<Int>, _ bytes: [UInt8]) -> Bool {
        name.indices.allSatisfy { bytes[$0] == key.utf8Start[$0 - name.lowerBound] }
    }

    private static func isEqual(_ one: Range<Int>, _ other: Range<Int>, _ bytes: [UInt8]) -> Bool {
        one.count == other.count && bytes[one].elementsEqual(bytes[other])
    }
}
