import AuditCore
import Engine

/// What one output is owed, and what its ledger may say. Knows everything that there is; the tail knows what it was shown.
struct Oracle {
    /// The audit's state, by its place in the archive.
    private struct Record {
        /// Whether it has to be delivered in the end, unless the API's retention passed.
        let isOwed: Bool
        /// How often it was acknowledged, and may have been: once more for each crash that forgot it.
        var acknowledged: Int32 = 0
        var allowed: Int32 = 1
        var isCommitted = false
        /// A page of the current process had it.
        var isShown = false
    }

    private let plan: SimulationPlan
    private let tail: SimulationPlan.TailPlan
    private let index: Int
    private let places: [AuditID: Int]
    private var records: [Record]
    private var coverage: [Lane: Coverage] = [:]
    /// What was reported to be beyond the retention.
    private var lost: [(lane: Lane, interval: Interval)] = []
    /// Queries that an earlier process had come half through, and this one has not asked for yet.
    private var unfinished: [Ring: QueryProgress] = [:]
    /// The stream itself has named time that is lost.
    private var isLossNamed = false
    private(set) var deliveries = 0
    private(set) var duplicates = 0

    static func all(of plan: SimulationPlan) -> [Oracle] {
        var places: [AuditID: Int] = [:]
        for (place, entry) in plan.archive.entries.enumerated() { places[identity(entry.audit)] = place }
        return plan.tails.indices.map { Oracle(plan, $0, places) }
    }

    private init(_ plan: SimulationPlan, _ index: Int, _ places: [AuditID: Int]) {
        self.plan = plan
        self.index = index
        self.places = places
        tail = plan.tails[index]
        records = plan.archive.entries.map { Record(isOwed: plan.owes($0, to: index)) }
    }

    private static func identity(_ audit: SampleAudit) -> AuditID {
        audit.id.map { AuditID($0) } ?? .text("\u{0}" + audit.json)
    }

    private func place(_ audit: RawAudit, of page: AuditPage) throws(Violation) -> Int {
        let id = audit.id ?? .text("\u{0}" + String(decoding: page.bytes[audit.start..<audit.end], as: UTF8.self))
        guard let place = places[id] else { throw Violation("audit \(id) is not the API's") }
        return place
    }

    private func entry(_ place: Int) -> SampleArchive.Entry { plan.archive.entries[place] }

    // MARK: What happens

    mutating func shown(_ page: AuditPage) throws(Violation) {
        for audit in page.audits { records[try place(audit, of: page)].isShown = true }
    }

    mutating func acknowledged(_ batch: Batch, at now: Instant) throws(Violation) {
        if batch.isRecord {
            let text = String(decoding: batch.page.bytes, as: UTF8.self)
            try demand(tail.settings.heartbeat != nil, "nobody asked for \(text)")
            if text.contains("\"gap\"") { isLossNamed = true }
            return
        }
        for audit in batch.audits {
            let place = try place(audit, of: batch.page)
            records[place].acknowledged += 1
            deliveries += 1
            if records[place].acknowledged > 1 { duplicates += 1 }
            let (count, allowed) = (records[place].acknowledged, records[place].allowed)
            try demand(count <= allowed, "\(name(place)) was delivered \(count) times")
            try checkPromptness(place, at: now)
        }
    }

    mutating func begins(from ledger: Ledger) { unfinished = ledger.queries }

    /// Nothing is read while memory is full, and a restart goes on with the query that it finds.
    mutating func asks(_ request: ReadRequest, for ring: Ring, holding: Tail.Holdings?) throws(Violation) {
        let bytes = tail.settings.unacknowledgedBytes * (ring == .live ? 2 : 1)
        if let holding {
            try demand(holding.bytes < bytes, "\(ring) reads on over \(holding.bytes) unacknowledged bytes, of \(bytes)")
            let most = tail.settings.uncommittedIDs
            try demand(holding.uncommitted < most, "\(ring) reads on over \(holding.uncommitted) uncommitted ids, of \(most)")
        }
        guard let progress = unfinished.removeValue(forKey: ring) else { return }
        let isResumed = request.position == .asynchronous(progress.continuation) && request.lane == progress.lane
        try demand(isResumed, "\(ring) began \(request.interval) of \(request.lane), and a query of it was half read")
    }

    mutating func processEnded() {
        for place in records.indices {
            records[place].isShown = false
            if records[place].acknowledged > 0, !records[place].isCommitted {
                records[place].allowed = records[place].acknowledged + 1
            }
        }
    }

    mutating func reported(_ report: TailReport, at now: Instant) throws(Violation) {
        guard case .beyondRetention(let lane, let interval) = report else { return }
        try checkLoss(interval, of: lane, at: now)
        lost.append((lane, interval))
    }

    private func checkLoss(_ interval: Interval, of lane: Lane, at now: Instant) throws(Violation) {
        // Without an answer for weeks, a clock that is a little fast is minutes ahead.
        let horizon = now + plan.dateErrors.ahead + .seconds(600) - retention
        try demand(interval.end <= horizon, "\(interval) of \(lane) is given up, and the API has it")
    }

    // MARK: What has to hold

    /// An output that has no trouble, beside others that have, gets everything as soon as its polls allow.
    private func checkPromptness(_ place: Int, at now: Instant) throws(Violation) {
        let entry = entry(place)
        guard plan.kind == .isolated, index == 0, entry.visibleAt > SimulationPlan.beginning + .seconds(3600),
            entry.visibleAt <= entry.audit.instant + tail.settings.settle, plan.archive.shows(entry, .all)
        else { return }
        let most = tail.settings.pollInterval * 2 + .seconds(60)
        try demand(
            now - entry.visibleAt <= most, "\(name(place)) came \(now - entry.visibleAt) late, since another output was down")
    }

    /// The ledger is never ahead of the output.
    mutating func commits(_ change: LedgerChange, at now: Instant) throws(Violation) {
        for id in change.acknowledged.flatMap(\.ids) {
            guard let place = places[id] else { throw Violation("audit \(id) is committed, and is not the API's") }
            try demand(records[place].acknowledged > 0, "\(name(place)) is committed and was not acknowledged")
            records[place].isCommitted = true
        }
        for (lane, covered) in change.coverage { try checkGrowth(of: lane, to: covered, at: now) }
        for (lane, lost) in change.lost where !lost.intervals.isEmpty {
            try demand(isLossNamed || !tail.settings.recordsGaps, "the loss of \(lost.intervals) is recorded before it was named")
            for interval in lost.intervals {
                try checkLoss(interval, of: lane, at: now)
                try demand(isReported(interval, of: lane), "\(interval) of \(lane) is recorded as lost, and nobody was told")
            }
        }
        coverage.merge(change.coverage) { $1 }
    }

    private func checkGrowth(of lane: Lane, to covered: Coverage, at now: Instant) throws(Violation) {
        let wrong = plan.wronglyAhead
        if let end = covered.end, wrong.map({ end < $0.start }) ?? true {
            // What a clock that is a little fast may be ahead between two answers.
            let most = now - tail.settings.settle + .milliseconds(200)
            try demand(end <= most, "\(lane) is covered up to \(end), and it is \(now)")
        }
        let lag = lane.endpoint == .asynchronous ? plan.archive.manners.asynchronousLag : .zero
        let known = coverage[lane] ?? Coverage()
        for grown in covered.intervals.flatMap({ known.gaps(in: $0) }) {
            for place in plan.archive.places(in: grown) where records[place].acknowledged == 0 {
                let entry = entry(place)
                let isPrompt = entry.visibleAt + lag <= entry.audit.instant + tail.settings.settle
                guard isPrompt, entry.audit.instant >= tail.start, plan.archive.shows(entry, lane),
                    !isForgottenUnknown(entry, by: lane.endpoint, at: now)
                else { continue }
                try demand(
                    wrong?.contains(entry.audit.instant) ?? false,
                    "\(name(place)) is covered in \(lane), and was not acknowledged")
            }
        }
    }

    /// Memory is bounded by the settings.
    func check(_ holdings: Tail.Holdings, unacknowledged: Int) throws(Violation) {
        let settings = tail.settings
        let bytes = settings.unacknowledgedBytes * 2 + 4 * plan.largestPage(of: settings)
        try demand(holdings.bytes <= bytes, "\(holdings.bytes) bytes are unacknowledged, of \(bytes)")
        let uncommitted = settings.uncommittedIDs + bytes / plan.sizes.lowerBound
        try demand(holdings.uncommitted <= uncommitted, "\(holdings.uncommitted) ids are uncommitted, of \(uncommitted)")
        let known = unacknowledged + holdings.uncommitted + plan.mostRemembered(by: settings)
        try demand(holdings.known <= known, "\(holdings.known) ids are in memory, of \(known)")
    }

    /// What was acknowledged to a process that ended in order, its store has.
    func checkCommitted() throws(Violation) {
        for place in records.indices where records[place].acknowledged == records[place].allowed {
            try demand(records[place].isCommitted, "\(name(place)) was acknowledged before the end, and is not committed")
        }
    }

    func checkEnd(_ store: StoredLedgers, at now: Instant) throws(Violation) {
        try checkCommitted()
        if let missing = missing(store, at: now) { throw Violation(missing) }
    }

    /// What is still to be done, in words; `nil` where nothing is.
    func missing(_ store: StoredLedgers, at now: Instant) -> String? {
        guard let ledger = store.ledger(of: tail.settings.output) else { return "there is no ledger" }
        for place in records.indices where records[place].acknowledged == 0 {
            let isObliged = records[place].isOwed || records[place].isShown && isWanted(place)
            if isObliged, !isKnownLost(place, ledger, at: now) { return "\(name(place)) was never delivered" }
        }
        for lane in ledger.lanes.keys {
            let end = tail.settings.end?.coverUntil ?? now - .seconds(2 * 3600)
            if ledger.frontier(of: lane) < end { return "\(lane) is covered up to \(ledger.frontier(of: lane)) only" }
            if let gap = ledger.gaps(of: lane).first(where: { $0.end > now - retention }) { return "\(gap) of \(lane) is a gap" }
        }
        return nil
    }

    /// It aged out while nobody could read it, and the ledger and the operator know.
    private func isKnownLost(_ place: Int, _ ledger: Ledger, at now: Instant) -> Bool {
        let entry = entry(place)
        if tail.settings.sweep == nil, isForgottenUnknown(entry, by: .realtime, at: now) { return true }
        guard entry.audit.instant < now - retention else { return false }
        // What was shown late would have been read again before the gap was filled.
        let isLate = entry.visibleAt > entry.audit.instant + tail.settings.settle
        let reach = entry.audit.instant + (isLate ? tail.settings.overlap : .milliseconds(1))
        return ledger.lost.contains { lane, lost in
            plan.archive.shows(entry, lane)
                && lost.intervals.contains { $0.start < reach && entry.audit.instant < $0.end && isReported($0, of: lane) }
        }
    }

    /// Whether the operator was told of it. What is lost of all services is lost of each, and said once.
    private func isReported(_ interval: Interval, of lane: Lane) -> Bool {
        lost.contains { reported in
            reported.lane.endpoint == lane.endpoint && (reported.lane.service ?? lane.service) == lane.service
                && reported.interval.intersection(interval) != nil
        }
    }

    /// The API had forgotten it while its clock said that it had not: nobody can know.
    private func isForgottenUnknown(_ entry: SampleArchive.Entry, by endpoint: Lane.Endpoint, at now: Instant) -> Bool {
        guard plan.dateErrors.behind > .zero, let retention = plan.archive.manners.retention[endpoint] else { return false }
        return entry.audit.instant < now - retention
    }

    private func isWanted(_ place: Int) -> Bool {
        let instant = entry(place).audit.instant
        return instant >= tail.start && instant < tail.settings.end?.readUntil ?? .distantFuture
    }

    private var retention: Duration {
        tail.settings.sweep == nil ? tail.settings.realtimeRetention : tail.settings.asynchronousRetention
    }

    private func name(_ place: Int) -> String {
        let entry = entry(place)
        return
            "\(tail.settings.output): audit \(place) of \(entry.audit.instant), visible at \(entry.visibleAt), of \(entry.audit.service)"
    }
}
