import AuditCore

/// Audits that can be seen, in the order of their time. Late ones are put where they belong.
struct Lane: Sendable {
    private(set) var audits: [Audit] = []

    init(_ audits: [Audit] = []) { self.audits = audits.sorted(by: Audit.precedes) }

    /// Puts in audits that became visible together, in any order.
    mutating func insert(_ arrivals: [Audit]) {
        guard !arrivals.isEmpty else { return }
        let sorted = arrivals.sorted(by: Audit.precedes)
        // Arrivals are recent, nearly always, so the part of the lane that must move is short.
        let position = index { Audit.precedes($0, sorted[0]) }
        guard position < audits.count else { return audits.append(contentsOf: sorted) }
        let tail = Array(audits[position...])
        audits.removeSubrange(position...)
        merge(tail, sorted)
    }

    private mutating func merge(_ left: [Audit], _ right: [Audit]) {
        audits.reserveCapacity(audits.count + left.count + right.count)
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            if Audit.precedes(right[second], left[first]) {
                audits.append(right[second])
                second += 1
            } else {
                audits.append(left[first])
                first += 1
            }
        }
        audits.append(contentsOf: left[first...])
        audits.append(contentsOf: right[second...])
    }

    /// The positions of the audits from `start` (inclusive) to `end` (exclusive).
    func range(from start: Instant, to end: Instant) -> Range<Int> {
        let lower = index { $0.instant < start }
        return lower..<max(lower, index { $0.instant < end })
    }

    /// The first audit for which `isBefore` does not hold.
    private func index(_ isBefore: (Audit) -> Bool) -> Int {
        var (lower, upper) = (0, audits.count)
        while lower < upper {
            let middle = lower + (upper - lower) / 2
            if isBefore(audits[middle]) { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }
}
