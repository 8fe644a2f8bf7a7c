import AuditCore

extension Tail {
    /// Cuts audits into batches within both limits; an audit larger than `bytes` stands alone.
    static func batches(of audits: [RawAudit], events: Int, bytes: Int) -> [[RawAudit]] {
        var batches: [[RawAudit]] = []
        var batch: [RawAudit] = []
        var size = 0
        for audit in audits {
            let length = audit.end - audit.start
            if !batch.isEmpty, batch.count >= events || size + length > bytes {
                batches.append(batch)
                batch = []
                size = 0
            }
            batch.append(audit)
            size += length
        }
        return batch.isEmpty ? batches : batches + [batch]
    }
}

extension AuditPage {
    /// The key of an audit of this page in a ledger: its id; where it has none, its bytes, as text that no id of the API looks like.
    public func identity(of audit: RawAudit) -> AuditID {
        audit.id ?? .text("\u{0}" + AuditID(utf8: bytes.span.extracting(audit.start..<audit.end)).description)
    }

    /// A page that holds these audits of it, and little else: a page of which most is not needed does not stay in memory for the rest.
    func holding(_ wanted: [RawAudit]) -> (page: AuditPage, audits: [RawAudit]) {
        let size = wanted.reduce(0) { $0 + $1.end - $1.start }
        guard size < bytes.count / 2 else { return (self, wanted) }
        var kept: [UInt8] = []
        kept.reserveCapacity(size)
        let moved = wanted.map { audit in
            let start = kept.count
            kept += bytes[audit.start..<audit.end]
            return RawAudit(
                id: audit.id, instant: audit.instant, start: start, end: kept.count, hasWhitespace: audit.hasWhitespace)
        }
        return (AuditPage(bytes: kept, audits: moved), moved)
    }
}

extension Batch {
    /// Whether it holds audits without an id; a batch holds either kind.
    public var isUnidentified: Bool { !isRecord && audits.first.map { $0.id == nil } ?? false }

    /// What the ledger notes of it. Audits without an instant are taken to be of now.
    func acknowledged(orElse now: Instant) -> AcknowledgedBatch {
        let instants = audits.compactMap(\.instant)
        return AcknowledgedBatch(
            first: instants.min() ?? now, last: instants.max() ?? now, ids: audits.map(page.identity))
    }
}

extension ReadFailure {
    /// For people.
    public var reason: String {
        switch self {
        case .tooMuch(let reason), .timedOut(let reason), .pageSize(let reason), .serviceRequired(let reason),
            .queryLost(let reason),
            .transient(let reason, _), .refused(let reason):
            reason
        case .cancelled: "cancelled"
        }
    }

    var delay: Duration? {
        switch self {
        case .transient(_, let delay): delay
        default: nil
        }
    }
}
