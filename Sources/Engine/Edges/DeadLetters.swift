import AuditCore

/// Where an audit goes that can never be delivered: kept whole, with the reason, and out of the way of the others.
public protocol DeadLetters: Sendable {
    /// Durable when it returns.
    func keep(_ audits: [RawAudit], of page: AuditPage, reason: String) async throws
}
