import AuditCore

/// What was acknowledged and is not on disk: one transaction at a time, and everything that came meanwhile in the next.
struct CommitQueue: Sendable {
    private let output: String
    private var pending: LedgerChange
    private var writing: LedgerChange?
    private var backoff: Backoff
    private var notBefore = Duration.zero

    init(output: String, backoff: Backoff) {
        self.output = output
        self.backoff = backoff
        pending = LedgerChange(output: output)
    }

    var isEmpty: Bool { pending.isEmpty && writing == nil }
    var isFailing: Bool { backoff.isFailing }
    /// Acknowledged ids that are not on disk.
    var count: Int { pending.count + (writing?.count ?? 0) }

    mutating func acknowledged(_ batch: AcknowledgedBatch) { pending.acknowledged.append(batch) }
    mutating func covered(_ coverage: Coverage, of lane: Lane) { pending.coverage[lane] = coverage }
    mutating func lost(_ lost: Coverage, of lane: Lane) { pending.lost[lane] = lost }
    mutating func noted(_ late: LateArrivals) { pending.late = late }
    mutating func noted(_ progress: QueryProgress?, of ring: Ring) { pending.queries[ring] = .some(progress) }
    mutating func forget(before instant: Instant) { pending.forgetBefore = instant }

    mutating func next(at now: Duration) -> LedgerChange? {
        guard writing == nil, !pending.isEmpty, now >= notBefore else { return nil }
        writing = pending
        pending = LedgerChange(output: output)
        return writing
    }

    var wake: Duration? { writing == nil && !pending.isEmpty && isFailing ? notBefore : nil }

    /// - Returns: what is on disk now.
    mutating func committed() -> LedgerChange {
        defer { writing = nil }
        backoff.succeeded()
        return writing ?? LedgerChange(output: output)
    }

    /// Nothing was written: it is tried again, together with what came meanwhile.
    mutating func failed(at now: Duration) -> Duration {
        var change = writing ?? LedgerChange(output: output)
        change.append(pending)
        pending = change
        writing = nil
        let wait = backoff.failed()
        notBefore = now + wait
        return wait
    }
}
