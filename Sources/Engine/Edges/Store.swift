import AuditCore

/// Where ledgers rest. One edge of the engine; `OffsetStore` is the real one.
///
/// A call that returned is durable. A call that threw changed nothing.
public protocol Store: Sendable {
    /// The ledger of an output; `nil` where it never began.
    func ledger(of output: String) async throws -> Ledger?

    /// The committed batches of which an audit may lie in `interval`.
    func acknowledged(by output: String, in interval: Interval) async throws -> [AcknowledgedBatch]

    /// Writes the change in one transaction.
    func commit(_ change: LedgerChange) async throws
}
