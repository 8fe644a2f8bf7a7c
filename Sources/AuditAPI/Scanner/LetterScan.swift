import AuditCore

/// Cuts a line that holds one audit beside members of our own, for the commands that read such lines back.
package enum LetterScan {
    package struct Letter {
        /// The members that are texts, but for the audit.
        package let texts: [String: String]
        package let audit: RawAudit
    }

    /// One object with a member that holds an audit, and nothing behind it.
    /// - Returns: `nil` where it is not that.
    package static func letter(_ bytes: Span<UInt8>, audit name: StaticString) -> Letter? {
        do throws(ScanFailure) {
            return try scan(bytes, name)
        } catch {
            return nil
        }
    }

    private static func scan(_ bytes: Span<UInt8>, _ name: StaticString) throws(ScanFailure) -> Letter? {
        var position = 0
        JSONScan.whitespace(bytes, &position)
        var members = MemberScan()
        var texts: [String: String] = [:]
        var audit: RawAudit?
        while let member = try members.next(bytes, &position) {
            if member.isNamed(name, bytes) {
                audit = try AuditScan.element(bytes, &position, level: 1)
                continue
            }
            let start = position
            try members.skipValue(bytes, &position, level: 1)
            guard bytes[start] == UInt8(ascii: "\"") else { continue }
            let key = JSONText.string(bytes, from: member.nameStart, to: member.nameEnd, hasEscape: member.nameHasEscape)
            if let key { texts[key] = JSONText.string(bytes, from: start + 1, to: position - 1, hasEscape: true) }
        }
        JSONScan.whitespace(bytes, &position)
        guard position == bytes.count, let audit else { return nil }
        return Letter(texts: texts, audit: audit)
    }
}
