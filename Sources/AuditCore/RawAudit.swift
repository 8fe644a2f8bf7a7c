/// One audit inside the bytes of the page that brought it: who it is, when it was, and where it stands. Nothing else is
/// decoded, so that every value stays what the API sent.
public struct RawAudit: Sendable, Hashable {
    /// `nil` where the object has no usable `id`: such an audit cannot be told from another and is set apart.
    public let id: AuditID?
    /// `eventDate`, or `eventTime` in downloaded results; `nil` where neither can be read.
    public let instant: Instant?
    /// Where its JSON object begins and ends (exclusive) in the page's bytes.
    public let start: Int
    public let end: Int
    /// Whether white space stands between its tokens, and so has to be taken out to make one line of it.
    public let hasWhitespace: Bool

    public init(id: AuditID?, instant: Instant?, start: Int, end: Int, hasWhitespace: Bool) {
        self.id = id
        self.instant = instant
        self.start = start
        self.end = end
        self.hasWhitespace = hasWhitespace
    }
}

/// The audits of one answer of the API, with its bytes. A value; copies share the bytes.
public struct AuditPage: Sendable {
    public let bytes: [UInt8]
    /// In the order of the answer.
    public let audits: [RawAudit]

    public init(bytes: [UInt8], audits: [RawAudit]) {
        self.bytes = bytes
        self.audits = audits
    }

    public static let empty = AuditPage(bytes: [], audits: [])
}
