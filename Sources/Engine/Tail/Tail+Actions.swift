import AuditCore

/// What is to be done, as things stand.
extension Tail {
    mutating func advance(at moment: Moment, _ actions: inout [TailAction]) {
        settle(at: moment)
        if !isStopping {
            findLanes(at: moment, &actions)
            for ring in Ring.allCases { read(ring, at: moment, &actions) }
            giveUp(at: moment, &actions)
            beat(at: moment)
            settle(at: moment)
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
        isLedgerChanged = true
        for mark in marks {
            switch mark.meaning {
            case .covered(let lane, let interval):
                ledger.cover(interval, of: lane)
                commits.covered(ledger.coverage(of: lane), of: lane)
            case .progress(let ring, let progress):
                ledger.note(progress, of: ring)
                commits.noted(progress, of: ring)
            case .lost(let lane, let lost):
                ledger.lose(lost, of: lane)
                commits.lost(lost, of: lane)
            }
        }
        deduplicator.keep(intervalsInMemory(at: moment))
        if moment.clock - forgottenAt > .seconds(600) {
            forgottenAt = moment.clock
            let needed = ledger.idsNeeded(
                since: schedule.lanes, retention: settings.idRetention, overlap: settings.asynchronousOverlap * 2,
                horizon: schedule.horizon(at: moment))
            // What is being read now, or will be taken up again, may have begun before a frontier moved on.
            let windows = intervalsInMemory(at: moment).map(\.start) + unfinished.values.map { $0.window.start - .seconds(60) }
            commits.forget(before: windows.reduce(needed, min))
        }
    }

    /// Records what no endpoint gives any more, and takes up again what one gives after all: the server's clock may have been wrong, or
    /// another endpoint is read than before.
    private mutating func giveUp(at moment: Moment, _ actions: inout [TailAction]) {
        let horizon = schedule.horizon(at: moment)
        let isDue = horizon < lostBefore || horizon >= lostBefore + TailSettings.lossInterval
        guard isLedgerChanged || isDue else { return }
        lostBefore = horizon
        let passes = slots.values.compactMap(\.pass).filter { schedule.isInTime($0, at: moment) }
        for lane in schedule.lanes {
            let windows = passes.filter { $0.lane.carries(lane) }.map(\.window)
            let lost = schedule.lost(planned, lane, before: horizon, except: windows)
            let known = planned.lost(of: lane)
            guard lost != known else { continue }
            for interval in lost.intervals.flatMap(known.gaps) {
                status.lostGaps += 1
                actions.append(.report(.beyondRetention(lane, interval)))
                if settings.recordsGaps { deliveries.append(.gap(lane, interval), of: settings.output, at: moment.server) }
            }
            lose(lost, of: lane)
        }
    }

    /// Recorded when what is before it in the stream is acknowledged: there, it may have been named.
    mutating func lose(_ lost: Coverage, of lane: Lane) {
        guard lost != planned.lost(of: lane) || lost != ledger.lost(of: lane) else { return }
        planned.lose(lost, of: lane)
        deliveries.mark(.lost(lane, lost))
    }

    private mutating func beat(at moment: Moment) {
        guard let heartbeat = settings.heartbeat, moment.clock >= heartbeatAt, !schedule.lanes.isEmpty else { return }
        heartbeatAt = Grid.aligned(moment.clock + heartbeat, to: heartbeat, after: moment.clock)
        guard heartbeatUnderWay == nil else { return }
        updateStatus()
        heartbeatUnderWay = deliveries.append(.heartbeat(status), of: settings.output, at: moment.server)
    }

    func intervalsInMemory(at moment: Moment) -> [Interval] {
        let passes = slots.values.compactMap(\.pass).map { memory(of: $0, at: moment) }
        return [schedule.liveMemory(planned, at: moment.server)].compactMap { $0 } + passes
    }

    /// The event time of which a pass needs the ids to read on.
    private func memory(of pass: Pass, at moment: Moment) -> Interval {
        switch pass.ring {
        case .live:
            guard let memory = schedule.liveMemory(planned, at: moment.server) else { return pass.request.interval }
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
            status.isComplete = schedule.isComplete(ledger, at: moment)
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
        if settings.heartbeat != nil { wakes.append(heartbeatAt) }
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
        status.late = ledger.late
        status.isFull = !hasRoom(for: .live)
        guard isLedgerChanged else { return }
        isLedgerChanged = false
        status.frontier = schedule.lanes.map { ledger.frontier(of: $0) }.min()
        let gaps = schedule.lanes.flatMap { schedule.gaps(ledger, $0) }
        status.gap = gaps.reduce(.zero) { $0 + $1.duration }
        status.gaps = Coverage(gaps)
        let losses = schedule.lanes.flatMap { ledger.lost(of: $0).intervals }
        status.lost = losses.reduce(.zero) { $0 + $1.duration }
        status.losses = Coverage(losses)
        status.start = schedule.lanes.isEmpty ? nil : ledger.start
    }
}
