import AuditCore

/// Cuts one audit: where it ends, its id and its instant.
enum AuditScan {
    /// One element of a list of audits, which stands `level` levels deep. What is no object, or has no usable id, is an audit
    /// without id: its bytes still go somewhere.
    static func element(_ bytes: Span<UInt8>, _ position: inout Int, level: Int) throws(ScanFailure) -> RawAudit {
        guard try JSONScan.byte(bytes, position) == UInt8(ascii: "{") else {
            let start = position
            var sawWhitespace = false
            try JSONScan.value(bytes, &position, level: level, sawWhitespace: &sawWhitespace)
            return RawAudit(id: nil, instant: nil, start: start, end: position, hasWhitespace: sawWhitespace)
        }
        return try object(bytes, &position, level: level)
    }

    @inline(__always)
    private static func object(_ bytes: Span<UInt8>, _ position: inout Int, level: Int) throws(ScanFailure) -> RawAudit {
        let start = position
        var members = MemberScan()
        var id: AuditID?
        var date: Instant?
        var time: Instant?
        while let member = try members.next(bytes, &position) {
            let first = position
            let isText = try JSONScan.byte(bytes, position) == UInt8(ascii: "\"")
            guard isText, mayMatter(member) else {
                try members.skipValue(bytes, &position, level: level + 1)
                continue
            }
            let hasEscape = try JSONScan.string(bytes, &position)
            let text = Text(start: first + 1, end: position - 1, hasEscape: hasEscape)
            if member.isNamed("id", bytes) {
                id = text.id(bytes) ?? id
            } else if member.isNamed("eventDate", bytes) {
                date = text.instant(bytes) ?? date
            } else if member.isNamed("eventTime", bytes) {
                time = text.instant(bytes) ?? time
            }
        }
        return RawAudit(
            id: id, instant: date ?? time, start: start, end: position, hasWhitespace: members.sawWhitespace)
    }

    /// Whether the name has the length of one that is looked for, or hides its length behind escapes.
    @inline(__always)
    private static func mayMatter(_ member: MemberScan.Member) -> Bool {
        let length = member.nameEnd - member.nameStart
        return length == 2 || length == 9 || member.nameHasEscape
    }
}

/// The text of a member, between its quotes.
private struct Text {
    let start: Int
    let end: Int
    let hasEscape: Bool

    /// `nil` for the empty text, which many audits could share.
    func id(_ bytes: Span<UInt8>) -> AuditID? {
        guard end > start else { return nil }
        if hasEscape { return JSONText.string(bytes, from: start, to: end, hasEscape: true).map { AuditID($0) } }
        return AuditID(utf8: bytes.extracting(start..<end))
    }

    func instant(_ bytes: Span<UInt8>) -> Instant? {
        if hasEscape { return JSONText.string(bytes, from: start, to: end, hasEscape: true).flatMap { Instant($0) } }
        return Instant(rfc3339: bytes.extracting(start..<end))
    }
}
