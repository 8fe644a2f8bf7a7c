import AuditCore

/// What is true about one audit, whatever the answers of the API said.
public struct TruthEntry: Sendable, Equatable {
    public let id: AuditID
    public let eventDate: Instant
    public let serviceName: String
    /// When the realtime endpoint began to show it; `nil` for services that it does not carry.
    public let realtime: Instant?
    /// When the asynchronous endpoint began to show it; may lie in the future.
    public let asynchronous: Instant
}

extension TruthEntry {
    /// One line of the truth log, with its line feed.
    func write(to text: inout JSONText) {
        text.raw(#"{"id":""#)
        text.id(id)
        text.raw(#"","eventDate":""#)
        text.raw(eventDate.text)
        text.raw(#"","serviceName":"#)
        text.string(serviceName)
        text.raw(#","realtime":"#)
        text.raw(realtime.map { "\"\($0.text)\"" } ?? "null")
        text.raw(#","asynchronous":""#)
        text.raw(asynchronous.text)
        text.raw("\"}\n")
    }
}

extension Archive {
    /// `nil` for an audit without an id, which nobody can be asked to account for.
    func truth(of audit: Audit) -> TruthEntry? {
        guard let id = contents.id(of: audit) else { return nil }
        let service = contents.services[Int(audit.service)]
        return TruthEntry(
            id: id, eventDate: audit.instant, serviceName: service.name, realtime: service.isRealtime ? audit.visible : nil,
            asynchronous: asynchronousInstant(of: audit))
    }
}
