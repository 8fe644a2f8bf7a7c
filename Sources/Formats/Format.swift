import AuditCore

/// How an audit is written. One case a format; each is a pure function from the audit's bytes to the bytes of an event.
public enum Format: String, CaseIterable, Sendable {
    /// The audit exactly as the API sent it, on one line: same bytes for every value, same order of keys, unknown fields kept, white
    /// space between tokens taken out (RFC 8259 section 2).
    case json

    /// Appends the encoded audit to `buffer`, without a line end.
    public func append(_ audit: RawAudit, of page: AuditPage, to buffer: inout [UInt8]) {
        switch self {
        case .json: JSONLine.append(audit, of: page, to: &buffer)
        }
    }
}
