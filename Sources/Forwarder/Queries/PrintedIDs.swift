import AuditCore

/// Which audits of an interval were printed: each id once, and nothing outside the interval.
///
/// The API does not document whether the ends of an interval belong to it, so a query begins a little early, and what is too much
/// is left out here: the interval is half-open, whatever the API thinks.
struct PrintedIDs: Sendable {
    /// How much earlier than its interval a query begins.
    private static let startMargin = Duration.seconds(1)

    private var ids: Set<AuditID> = []

    var count: Int { ids.count }

    /// What to ask for, to have all of `interval`.
    static func query(for interval: Interval) -> Interval { Interval(interval.start - startMargin, interval.end) }

    /// The audits that are to be printed, in the page's order. One without an id or an instant is told from nothing, and is printed.
    mutating func fresh(_ audits: [RawAudit], in interval: Interval) -> [RawAudit] {
        audits.filter { audit in
            if let instant = audit.instant, !interval.contains(instant) { return false }
            guard let id = audit.id else { return true }
            return ids.insert(id).inserted
        }
    }
}
