import AuditCore

/// The planner of one tail: which lanes there are, when each is polled next, and which gap is filled meanwhile.
///
/// It plans from the ledger, so that nothing has to be remembered of a pass that did not come to its end.
struct Schedule: Sendable {
    struct LaneState: Sendable {
        var pace: PollPace
        /// When it is polled next; of an asynchronous lane, when it is swept next.
        var dueAt: Duration
        /// When it is reconciled next, where it is asynchronous.
        var reconcileAt = Duration.zero
        /// When its gaps are filled at the earliest.
        var catchUpAt = Duration.zero
        var reach: Reach
    }

    let settings: TailSettings
    private(set) var lanes: [Lane] = []
    private(set) var realtimeLanes: [Lane] = []
    private(set) var asynchronousLanes: [Lane] = []
    var states: [Lane: LaneState] = [:]
    private var catchUpReach: Reach
    /// What the API has taken so far.
    private(set) var pageSize: Int
    /// The asynchronous endpoint could not be read for a while: what the realtime endpoint can fill is not left to it.
    var isAsynchronousFailing = false
    private var passesAtPageSize = 0

    init(settings: TailSettings) {
        self.settings = settings
        pageSize = settings.reading.pageSize
        catchUpReach = Reach(settings.reading.firstWindow, limits: settings.reading)
    }

    mutating func adopt(_ wanted: [Lane], at now: Duration) {
        lanes = wanted
        realtimeLanes = wanted.filter { $0.endpoint == .realtime }
        asynchronousLanes = wanted.filter { $0.endpoint == .asynchronous }
        states = states.filter { wanted.contains($0.key) }
        for lane in wanted where states[lane] == nil {
            let isRealtime = lane.endpoint == .realtime
            states[lane] = LaneState(
                pace: PollPace(interval: settings.pollInterval), dueAt: now,
                reconcileAt: settings.sweep == nil ? now : now + settings.firstReconcile,
                reach: Reach(
                    isRealtime ? settings.reading.longestWindow : settings.reading.firstWindow,
                    limits: settings.reading.limits(for: lane.endpoint)))
        }
    }

    /// The live pass that is due: of the lane that has waited longest.
    func livePass(_ ledger: Ledger, at moment: Moment) -> Pass? {
        guard settings.followsPresent else { return nil }
        let due = realtimeLanes.filter { (states[$0]?.dueAt ?? .zero) <= moment.clock }
        let lane = due.min { (states[$0]?.dueAt ?? .zero) < (states[$1]?.dueAt ?? .zero) }
        guard let lane, let state = states[lane] else { return nil }
        let interval = liveInterval(lane, ledger, moment.server)
        guard let interval else { return nil }
        return Pass(
            ring: .live, lane: lane, interval: interval, reach: state.reach, pageSize: pageSize, limits: settings.reading)
    }

    /// The pass over the oldest gap that the realtime endpoint still gives.
    func catchUpPass(_ ledger: Ledger, at moment: Moment) -> Pass? {
        let waited = realtimeLanes.filter { (states[$0]?.catchUpAt ?? .zero) <= moment.clock }
        let gaps = waited.compactMap { lane in
            reachable(self.gaps(ledger, lane), by: .realtime, at: moment).first { !isLeftToAsynchronous($0, lane) }
                .map { (lane: lane, interval: $0) }
        }
        guard let oldest = gaps.min(by: { $0.interval.start < $1.interval.start }) else { return nil }
        // What was covered last before the gap may have been covered before the API showed it all.
        let start = max(oldest.interval.start - settings.overlap, ledger.start, horizon(of: .realtime, at: moment))
        let interval = Interval(start.wholeSecond, oldest.interval.end)
        return Pass(
            ring: .catchUp, lane: oldest.lane, interval: interval, reach: catchUpReach, pageSize: pageSize,
            limits: settings.reading)
    }

    /// A lane that cannot be read leaves its ring to the other lanes until then.
    mutating func setAside(_ lane: Lane, from ring: Ring, until: Duration) {
        switch ring {
        case .live: states[lane]?.dueAt = until
        case .sweep:
            states[lane]?.dueAt = until
            states[lane]?.catchUpAt = until
        case .catchUp: states[lane]?.catchUpAt = until
        case .reconcile:
            guard var state = states[lane] else { return }
            state.catchUpAt = until
            state.reconcileAt = max(state.reconcileAt, until)
            states[lane] = state
        }
    }

    /// A pass has read a window, or has learnt how long one may be.
    mutating func learned(from pass: Pass) {
        pageSize = pass.acceptedPageSize
        switch pass.ring {
        case .live, .sweep, .reconcile: states[pass.lane]?.reach = pass.reach
        case .catchUp: catchUpReach = pass.reach
        }
    }

    /// The live pass of a lane has come to its end, and brought `fresh` audits.
    mutating func livePassEnded(_ lane: Lane, fresh: Int, at now: Duration) {
        guard var state = states[lane] else { return }
        let wait = state.pace.wait(after: fresh)
        state.dueAt = Grid.aligned(now + wait, to: state.pace.shortest, after: now)
        states[lane] = state
        tryLargerPages()
    }

    /// A size that was refused once may be taken again: the refusal can have had another reason.
    private mutating func tryLargerPages() {
        guard pageSize < settings.reading.pageSize else { return }
        passesAtPageSize += 1
        guard passesAtPageSize >= settings.reading.passesBeforeLargerPages else { return }
        passesAtPageSize = 0
        pageSize = min(pageSize * 2, settings.reading.pageSize)
    }

    /// When a lane is due next.
    var nextPoll: Duration? { settings.followsPresent ? realtimeLanes.compactMap { states[$0]?.dueAt }.min() : nil }

    /// When the gaps of a lane that was set aside can be filled again.
    func nextCatchUp(after now: Duration) -> Duration? { states.values.map(\.catchUpAt).filter { $0 > now }.min() }

    /// What of a lane is still to be read: the holes behind its frontier, and all before the end where the present is not followed.
    func gaps(_ ledger: Ledger, _ lane: Lane) -> [Interval] {
        ledger.gaps(of: lane, before: settings.followsPresent ? nil : settings.end?.coverUntil)
    }

    /// The event time that live passes may read again from now on; `nil` where there are none.
    func liveMemory(_ ledger: Ledger, at server: Instant) -> Interval? {
        guard settings.followsPresent else { return nil }
        let starts = realtimeLanes.compactMap {
            liveInterval($0, ledger, server)?.start ?? ledger.frontier(of: $0) - settings.overlap
        }
        return Interval((starts.min() ?? server) - settings.reading.startMargin - .seconds(60), .distantFuture)
    }

    /// All that is lost of a lane: what was, as far as it still is, and the gaps before the horizon.
    ///
    /// - Parameter windows: what is being read in time, and so may still be covered.
    func lost(_ ledger: Ledger, _ lane: Lane, before horizon: Instant, except windows: [Interval]) -> Coverage {
        var fresh = Coverage(gaps(ledger, lane))
        for window in windows { fresh.remove(window) }
        var lost = ledger.lost(of: lane)
        for gap in fresh.intervals { lost.insert(gap) }
        lost.remove(Interval(horizon, .distantFuture))
        return lost
    }

    /// Whether the endpoint still gives what a pass asks for.
    func isInTime(_ pass: Pass, at moment: Moment) -> Bool {
        let slack = TailSettings.retentionSlack[pass.ring.endpoint] ?? .zero
        return pass.window.start >= horizon(of: pass.ring.endpoint, at: moment) - slack
    }

    /// Whether everything that this tail was to read is covered.
    func isComplete(_ ledger: Ledger, at moment: Moment) -> Bool {
        guard let end = settings.end, !lanes.isEmpty else { return false }
        return lanes.allSatisfy { lane in
            ledger.frontier(of: lane) >= end.coverUntil
                && reachable(gaps(ledger, lane), by: widestEndpoint, at: moment).isEmpty
        }
    }

    /// How many starts an overlap has.
    private static let sharedStarts = 4

    private func liveInterval(_ lane: Lane, _ ledger: Ledger, _ server: Instant) -> Interval? {
        let frontier = ledger.frontier(of: lane)
        let end = min(server, settings.end?.readUntil ?? .distantFuture).wholeSecond
        let isFar = end - frontier > settings.liveReach
        // A frontier that is ahead of the server, whose clock was wrong once, is no reason to wait for it.
        // Less than the settle margin would cover nothing, and so never be followed.
        let overlap = isFar ? max(settings.overlap, settings.settle * 2) : settings.overlap
        // A tail that came less far asks the same question all the same.
        let from = ((isFar ? end : min(frontier, end)) - overlap).rounded(to: overlap / Schedule.sharedStarts)
        let wanted = max(ledger.start, from)
        let start = max(wanted.wholeSecond, (server - settings.realtimeRetention).wholeSecond)
        return start < end ? Interval(start, end) : nil
    }

    /// The endpoint that reaches back furthest.
    private var widestEndpoint: Lane.Endpoint { asynchronousLanes.isEmpty ? .realtime : .asynchronous }

    /// The oldest instant that any endpoint gives.
    func horizon(at moment: Moment) -> Instant { horizon(of: widestEndpoint, at: moment) }

    /// The oldest instant that an endpoint gives.
    func horizon(of endpoint: Lane.Endpoint, at moment: Moment) -> Instant {
        let retention = endpoint == .realtime ? settings.realtimeRetention : settings.asynchronousRetention
        return (moment.server - retention).wholeSecond
    }

    func reachable(_ gaps: [Interval], by endpoint: Lane.Endpoint, at moment: Moment) -> [Interval] {
        let end = (moment.server - settings.settle).wholeSecond
        let start = horizon(of: endpoint, at: moment)
        return start < end ? gaps.compactMap { $0.intersection(Interval(start, end)) } : []
    }
}
