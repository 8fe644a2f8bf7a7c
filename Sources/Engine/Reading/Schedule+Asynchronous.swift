import AuditCore

/// The rings that read by the asynchronous endpoint.
extension Schedule {
    /// The sweep that is due: the last hour, of the lane that has waited longest.
    func sweepPass(_ ledger: Ledger, at moment: Moment) -> Pass? {
        guard let sweep = settings.sweep else { return nil }
        let due = asynchronousLanes.filter {
            (states[$0]?.dueAt ?? .zero) <= moment.clock || isLast($0, ledger, at: moment)
        }
        guard let lane = due.min(by: { (states[$0]?.dueAt ?? .zero) < (states[$1]?.dueAt ?? .zero) }) else { return nil }
        return again(.sweep, lane, back: sweep.back, ledger, at: moment)
    }

    /// The oldest gap that only the asynchronous endpoint can fill; else the days that are to be read again, where that is due.
    func reconcilePass(_ ledger: Ledger, at moment: Moment) -> Pass? {
        let waited = asynchronousLanes.filter { (states[$0]?.catchUpAt ?? .zero) <= moment.clock }
        let gaps = waited.compactMap { lane in gap(ledger, lane, at: moment).map { (lane: lane, interval: $0) } }
        if let oldest = gaps.min(by: { $0.interval.start < $1.interval.start }) {
            let start = start(reading: oldest.interval, of: oldest.lane, ledger, at: moment)
            return pass(.reconcile, oldest.lane, Interval(start, oldest.interval.end))
        }
        guard let reconcile = settings.reconcile else { return nil }
        let due = waited.filter {
            (states[$0]?.reconcileAt ?? .zero) <= moment.clock || settings.sweep == nil && isLast($0, ledger, at: moment)
        }
        guard let lane = due.first else { return nil }
        return again(.reconcile, lane, back: reconcile.back, ledger, at: moment)
    }

    /// The pass of a ring over a lane has come to its end.
    mutating func asynchronousPassEnded(_ pass: Pass, at moment: Moment) {
        switch pass.ring {
        case .sweep:
            // A query of an earlier process has shown what there was then: the next sweep is due so long after that.
            guard let sweep = settings.sweep else { return }
            let due = moment.clock + sweep.every - max(readingEnd(at: moment) - pass.interval.end, .zero)
            states[pass.lane]?.dueAt = Grid.aligned(due, to: sweep.every, after: moment.clock)
        case .reconcile:
            // A gap that was filled is no reconciliation, unless it reaches as far as one would.
            let end = readingEnd(at: moment)
            guard let reconcile = settings.reconcile, end - pass.interval.end < reconcile.every,
                pass.interval.duration >= reconcile.back || pass.interval.end > end - settings.asynchronousLag
            else { return }
            states[pass.lane]?.reconcileAt = Grid.aligned(
                moment.clock + reconcile.every, to: reconcile.every, after: moment.clock)
        case .live, .catchUp: break
        }
    }

    /// When the next pass of a ring begins without another event.
    func nextAsynchronousPass(_ ring: Ring, at moment: Moment) -> Duration? {
        let states = asynchronousLanes.compactMap { self.states[$0] }
        let last = settings.end.map { moment.clock + ($0.coverUntil + settings.settle - moment.server) }
        let due: [Duration] =
            switch ring {
            case .sweep where settings.sweep != nil: states.map(\.dueAt)
            case .reconcile: states.map(\.catchUpAt) + (settings.reconcile == nil ? [] : states.map(\.reconcileAt))
            case .sweep, .live, .catchUp: []
            }
        return states.isEmpty ? nil : (due + [last].compactMap { $0 }).filter { $0 > moment.clock }.min()
    }

    /// Whether all that is still to be covered of a lane can be covered now.
    private func isLast(_ lane: Lane, _ ledger: Ledger, at moment: Moment) -> Bool {
        guard let end = settings.end, (states[lane]?.catchUpAt ?? .zero) <= moment.clock else { return false }
        return moment.server >= end.coverUntil + settings.settle && ledger.frontier(of: lane) < end.coverUntil
    }

    /// A gap of a realtime lane that is too long or too old for it, while the asynchronous endpoint works.
    func isLeftToAsynchronous(_ gap: Interval, _ lane: Lane) -> Bool {
        !isAsynchronousFailing && gap.duration > settings.longestRealtimeGap
            && asynchronousLanes.contains { $0.carries(lane) }
    }

    /// What a complete asynchronous reading of `interval` covers beside its own lane: realtime lanes, where it is old enough to be shown by both.
    func covers(_ interval: Interval, of lane: Lane, at server: Instant) -> [(lane: Lane, interval: Interval)] {
        let end = min(interval.end, (server - settings.asynchronousLag).wholeSecond)
        guard lane.endpoint == .asynchronous, interval.start < end else { return [] }
        return realtimeLanes.filter(lane.carries).map { ($0, Interval(interval.start, end)) }
    }

    private func gap(_ ledger: Ledger, _ lane: Lane, at moment: Moment) -> Interval? {
        let own = reachable(gaps(ledger, lane), by: .asynchronous, at: moment).map(chunk)
        let others = realtimeLanes.filter(lane.carries).flatMap { realtime in
            reachable(gaps(ledger, realtime), by: .asynchronous, at: moment).compactMap { gap -> Interval? in
                let isOld = gap.start < horizon(of: .realtime, at: moment)
                guard isOld || isLeftToAsynchronous(gap, realtime) else { return nil }
                // Closer to now the reading would not cover the realtime lane.
                return gap.intersection(Interval(.distantPast, (moment.server - settings.asynchronousLag).wholeSecond))
            }
        }
        return (own + others).min { $0.start < $1.start }
    }

    /// Where a reading begins that covers `interval`: what was covered last before a hole of the lane may have been covered before the endpoint
    /// showed it all, and is read again. The hole may begin before the interval, or where the lane has come.
    private func start(reading interval: Interval, of lane: Lane, _ ledger: Ledger, at moment: Moment) -> Instant {
        let overlap = settings.asynchronousOverlap
        let earliest = max(ledger.start, horizon(of: .asynchronous, at: moment))
        let around = Interval(min(interval.start, max(earliest, interval.start - overlap)), interval.end)
        let hole = ledger.coverage(of: lane).gaps(in: around).first?.start ?? interval.start
        return max(min(interval.start, hole) - overlap, earliest)
    }

    /// How much of a gap one pass fills: of a past interval a day, so that its lanes go on side by side.
    private func chunk(_ gap: Interval) -> Interval {
        settings.followsPresent ? gap : Interval(gap.start, min(gap.end, gap.start + settings.reading.longestWindow))
    }

    /// Where a pass ends that begins now.
    private func readingEnd(at moment: Moment) -> Instant {
        min(moment.server, settings.end?.readUntil ?? .distantFuture).wholeSecond
    }

    private func again(_ ring: Ring, _ lane: Lane, back: Duration, _ ledger: Ledger, at moment: Moment) -> Pass? {
        let end = readingEnd(at: moment)
        var start = max(ledger.start, end - back, horizon(of: .asynchronous, at: moment)).wholeSecond
        let frontier = ledger.frontier(of: lane)
        // It goes on where the last one ended; where that was long ago, there is a hole in between.
        if let every = settings.sweep?.every, frontier > start, end - frontier > every * 2 {
            start = min(start, self.start(reading: Interval(frontier, end), of: lane, ledger, at: moment).wholeSecond)
        }
        return start < end ? pass(ring, lane, Interval(start, end)) : nil
    }

    private func pass(_ ring: Ring, _ lane: Lane, _ interval: Interval) -> Pass? {
        guard let state = states[lane] else { return nil }
        return Pass(
            ring: ring, lane: lane, interval: Interval(interval.start.wholeSecond, interval.end), reach: state.reach,
            pageSize: pageSize, limits: settings.reading)
    }
}

extension TailSettings {
    /// How much covered time is read again before a gap that the asynchronous endpoint fills.
    var asynchronousOverlap: Duration { followsPresent ? max(overlap, asynchronousLag) : .zero }
}
