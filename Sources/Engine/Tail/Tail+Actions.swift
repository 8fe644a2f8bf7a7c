import AuditCore

/// What is to be done, as things stand.
extension Tail {
    mutating func advance(at moment: Moment, _ actions: inout [TailAction]) {
        settle(at: moment)
        if !isStopping {
            findLanes(at: moment, &actions)
            for ring in Ring.allCases { read(ring, at: moment, &actions) }
            for lost in schedule.newlyLost(ledger, at: moment) {
                actions.append(.report(.beyondRetention(lost.lane, lost.interval)))
            }
        }
        if finalRefusal == nil, !isGivingUp {
            while let batch = deliveries.next(at: moment.clock) {
                actions.append(batch.isUnidentified ? .setApart(batch, reason: "the audit has no id") : .deliver(batch))
            }
        }
        drain(at: moment, &actions)
        if let change = commits.next(at: moment.clock) { actions.append(.commit(change)) }
        finishOrWait(at: moment, &actions)
    }

    /// Lets coverage grow by what has become final, and memory shrink by what nothing can meet again.
    private mutating func settle(at moment: Moment) {
        let marks = deliveries.settled()
        guard !marks.isEmpty else { return }
        for mark in marks {
            switch mark.meaning {
            case .covered(let lane, let interval):
                ledger.cover(interval, of: lane)
                commits.covered(ledger.coverage(of: lane), of: lane)
            case .progress(let ring, let progress):
                ledger.note(progress, of: ring)
                commits.noted(progress, of: ring)
            }
        }
        deduplicator.keep(intervalsInMemory(at: moment))
        if moment.clock - forgottenAt > .seconds(600) {
            forgottenAt = moment.clock
            let needed = ledger.idsNeeded(
                since: schedule.lanes, retention: settings.idRetention, overlap: settings.asynchronousOverlap,
                horizon: schedule.horizon(of: schedule.asynchronousLanes.isEmpty ? .realtime : .asynchronous, at: moment))
            commits.forget(before: needed)
        }
    }

    func intervalsInMemory(at moment: Moment) -> [Interval] {
        let passes = slots.values.compactMap(\.pass).map { memory(of: $0, at: moment) }
        return [schedule.liveMemory(planned, at: moment.server)] + passes
    }

    /// The event time of which a pass needs the ids to read on.
    private func memory(of pass: Pass, at moment: Moment) -> Interval {
        switch pass.ring {
        case .live:
            let memory = schedule.liveMemory(planned, at: moment.server)
            return Interval(min(memory.start, pass.request.interval.start), memory.end)
        case .catchUp, .sweep, .reconcile:
            return Interval(pass.window.start - .seconds(60), pass.window.end + .seconds(60))
        }
    }

    private mutating func findLanes(at moment: Moment, _ actions: inout [TailAction]) {
        guard !isFindingLanes, let findLanesAt, moment.clock >= findLanesAt else { return }
        isFindingLanes = true
        actions.append(.findLanes)
    }

    private mutating func read(_ ring: Ring, at moment: Moment, _ actions: inout [TailAction]) {
        guard var slot = slots[ring] else { return }
        if slot.pass == nil, !slot.isWaiting {
            if let resumed = resumedPass(ring) {
                slot.begin(resumed.pass, coverableUntil: resumed.coverableUntil)
            } else if let pass = nextPass(ring, at: moment) {
                slot.begin(pass, coverableUntil: moment.server - settings.settle)
            }
        }
        if slot.isReady(at: moment.clock), let pass = slot.pass, hasRoom(for: ring) {
            slot.isWaiting = true
            let needed = memory(of: pass, at: moment)
            actions.append(deduplicator.hasLoaded(needed) ? .read(ring, pass.request) : .load(ring, needed))
        }
        slots[ring] = slot
    }

    private func nextPass(_ ring: Ring, at moment: Moment) -> Pass? {
        switch ring {
        case .live: schedule.livePass(planned, at: moment)
        case .catchUp: schedule.catchUpPass(planned, at: moment)
        case .sweep: schedule.sweepPass(planned, at: moment)
        case .reconcile: schedule.reconcilePass(planned, at: moment)
        }
    }

    /// The query that an earlier process had come half through.
    private mutating func resumedPass(_ ring: Ring) -> (pass: Pass, coverableUntil: Instant)? {
        guard let progress = unfinished[ring], schedule.lanes.contains(progress.lane),
            let state = schedule.states[progress.lane]
        else { return nil }
        unfinished[ring] = nil
        let pass = Pass(
            ring: ring, resuming: progress, reach: state.reach, pageSize: schedule.pageSize, limits: settings.reading)
        return (pass, progress.coverableUntil)
    }

    private func hasRoom(for ring: Ring) -> Bool {
        guard commits.count < settings.uncommittedIDs else { return false }
        switch ring {
        case .live: return deliveries.bytes < settings.unacknowledgedBytes * 2
        case .catchUp, .sweep, .reconcile: return deliveries.bytes < settings.unacknowledgedBytes
        }
    }

    /// An output that waits before it acknowledges need not, once nothing follows, and should not, once nothing can.
    private mutating func drain(at moment: Moment, _ actions: inout [TailAction]) {
        let isLast = isStopping || schedule.isComplete(planned, at: moment)
        guard finalRefusal == nil, deliveries.shouldDrain(isLast: isLast, bytes: settings.drainBytes) else { return }
        actions.append(.drain)
    }

    private mutating func finishOrWait(at moment: Moment, _ actions: inout [TailAction]) {
        let isDone = isStopping || schedule.isComplete(ledger, at: moment)
        if isDone, finalRefusal != nil || isGivingUp || deliveries.isEmpty, commits.isEmpty {
            isFinished = true
            actions.append(.finish(finalRefusal))
        } else if let wake = wakes(at: moment).filter({ $0 > moment.clock }).min() {
            actions.append(.wake(at: wake))
        }
    }

    private func wakes(at moment: Moment) -> [Duration] {
        var wakes = [deliveries.wake, commits.wake].compactMap { $0 }
        guard !isStopping else { return wakes }
        wakes += slots.values.compactMap(\.wake)
        if !isFindingLanes, let findLanesAt { wakes.append(findLanesAt) }
        if slots[.catchUp]?.pass == nil, let gap = schedule.nextCatchUp(after: moment.clock) { wakes.append(gap) }
        for ring in [Ring.sweep, .reconcile] where slots[ring]?.pass == nil {
            guard let pass = schedule.nextAsynchronousPass(ring, at: moment) else { continue }
            wakes.append(max(pass, moment.clock + .milliseconds(200)))
        }
        if slots[.live]?.pass == nil, let poll = schedule.nextPoll {
            // A lane that is due and was not planned waits for the server's clock to move on.
            wakes.append(max(poll, moment.clock + .milliseconds(200)))
        }
        return wakes
    }

    mutating func updateStatus() {
        status.unacknowledged = deliveries.count
        status.frontier = schedule.lanes.map { ledger.frontier(of: $0) }.min()
        status.gap = schedule.lanes.reduce(.zero) { sum, lane in
            ledger.gaps(of: lane).reduce(sum) { $0 + $1.duration }
        }
    }
}
