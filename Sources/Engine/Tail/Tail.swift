import AuditCore

/// One output's tail: plan, read, drop what was acknowledged, deliver, commit.
///
/// A value that decides and does nothing itself: it is told what happened and returns what is to be done. `TailRunner` does it; a
/// simulation can do it just as well. The order is the promise: an audit's id is committed after the output acknowledged it, and time is covered
/// after every audit that a complete read of it showed was acknowledged.
public struct Tail: Sendable {
    let settings: TailSettings
    /// What is acknowledged.
    var ledger: Ledger
    /// The ledger as it will be when everything that was read is acknowledged: what is in it needs no reading.
    var planned: Ledger
    var schedule: Schedule
    var deduplicator = Deduplicator()
    var deliveries: DeliveryQueue
    var commits: CommitQueue
    var slots: [Ring: PassSlot]
    public private(set) var status = TailStatus()
    private var isFindingLanes = false
    /// `nil` where the lanes stay as they are.
    private var findLanesAt: Duration? = .zero
    private var laneBackoff: Backoff
    private var isStopping = false
    private var finalRefusal: Refusal?
    private var isFinished = false
    private var forgottenAt = Duration.zero

    /// - Parameter window: how many batches the output takes without having answered.
    public init(settings: TailSettings, ledger: Ledger, window: Int) {
        func backoff(_ retry: (first: Duration, most: Duration), _ salt: UInt64) -> Backoff {
            Backoff(first: retry.first, most: retry.most, seed: settings.seed &+ salt)
        }
        self.settings = settings
        self.ledger = ledger
        planned = ledger
        schedule = Schedule(settings: settings)
        deliveries = DeliveryQueue(window: window, backoff: backoff(settings.outputRetry, 1))
        commits = CommitQueue(output: settings.output, backoff: backoff(settings.readRetry, 2))
        slots = [
            .live: PassSlot(ring: .live, backoff: backoff(settings.readRetry, 3)),
            .catchUp: PassSlot(ring: .catchUp, backoff: backoff(settings.readRetry, 4)),
        ]
        laneBackoff = backoff(settings.readRetry, 5)
    }

    /// - Precondition: nothing follows after `finish`.
    public mutating func handle(_ event: TailEvent, at moment: Moment) -> [TailAction] {
        guard !isFinished else { return [] }
        var actions: [TailAction] = []
        take(event, at: moment, &actions)
        advance(at: moment, &actions)
        updateStatus()
        return actions
    }
}

// MARK: What happened
extension Tail {
    private mutating func take(_ event: TailEvent, at moment: Moment, _ actions: inout [TailAction]) {
        switch event {
        case .started, .woken: break
        case .stopped: isStopping = true
        case .lanes(let result): foundLanes(result, at: moment, &actions)
        case .loaded(let ring, let interval, let result): loaded(ring, interval, result, at: moment, &actions)
        case .read(let ring, .success(let reading)): received(reading, ring, at: moment, &actions)
        case .read(let ring, .failure(let failure)): failed(failure, ring, at: moment, &actions)
        case .taken: deliveries.taken()
        case .answered(let sequence, let answer): answered(sequence, answer, at: moment, &actions)
        case .committed(.success): committed(&actions)
        case .committed(.failure(let failure)):
            let wait = commits.failed(at: moment.clock)
            actions.append(.report(.storeFailing(reason: failure.reason, retryIn: wait)))
        }
    }

    private mutating func foundLanes(_ result: Result<[Lane], ReadFailure>, at moment: Moment, _ actions: inout [TailAction]) {
        isFindingLanes = false
        switch result {
        case .success(let lanes):
            laneBackoff.succeeded()
            findLanesAt = lanes == [.all] ? nil : moment.clock + settings.laneInterval
            if lanes != schedule.lanes { actions.append(.report(.lanes(lanes))) }
            schedule.adopt(lanes, at: moment.clock)
            for lane in ledger.adopt(lanes) {
                let coverage = ledger.coverage(of: lane)
                commits.covered(coverage, of: lane)
                // What is read and not acknowledged will be covered for the old lane alone.
                for interval in coverage.intervals { planned.cover(interval, of: lane) }
            }
        case .failure(.cancelled): break
        case .failure(let failure):
            let wait = laneBackoff.failed(asked: failure.delay)
            findLanesAt = moment.clock + wait
            actions.append(.report(.readFailing(.all, reason: failure.reason, retryIn: wait)))
        }
    }

    private mutating func loaded(
        _ ring: Ring, _ interval: Interval, _ result: Result<[AcknowledgedBatch], StoreFailure>, at moment: Moment,
        _ actions: inout [TailAction]
    ) {
        slots[ring]?.isWaiting = false
        switch result {
        case .success(let batches):
            deduplicator.load(batches, of: interval)
            // What left memory while the store was asked is not in memory now.
            deduplicator.keep(intervalsInMemory(at: moment))
        case .failure(let failure):
            let wait = slots[ring]?.failed(at: moment.clock, asked: nil) ?? .zero
            actions.append(.report(.storeFailing(reason: failure.reason, retryIn: wait)))
        }
    }

    private mutating func received(
        _ reading: PageReading, _ ring: Ring, at moment: Moment, _ actions: inout [TailAction]
    ) {
        slots[ring]?.isWaiting = false
        guard let pass = slots[ring]?.pass else { return }
        let fresh = enqueue(reading.page)
        guard let (outcome, recovered) = slots[ring]?.received(reading, fresh: fresh) else { return }
        if recovered { actions.append(.report(.readRecovered(pass.lane))) }
        conclude(outcome, of: pass, at: moment, &actions)
    }

    /// Queues what the output has not had. Every audit that the API shows is delivered, whether or not its window turns out complete.
    private mutating func enqueue(_ page: AuditPage) -> Int {
        var fresh: [RawAudit] = []
        var unidentified: [RawAudit] = []
        fresh.reserveCapacity(page.audits.count)
        for audit in page.audits {
            guard wants(audit) else { continue }
            status.received += 1
            guard let id = audit.id else {
                // Its own bytes are its identity: shown again, it is not kept twice.
                let bytes = page.bytes.span.extracting(audit.start..<audit.end)
                if deduplicator.insert(Tail.identity(ofUnidentified: bytes)) { unidentified.append(audit) }
                continue
            }
            if deduplicator.insert(id) { fresh.append(audit) } else { status.duplicates += 1 }
        }
        for batch in Tail.batches(of: fresh, events: settings.batchEvents, bytes: settings.batchBytes) {
            deliveries.append(batch, of: page)
        }
        if !unidentified.isEmpty { deliveries.append(unidentified, of: page) }
        return fresh.count
    }

    private func wants(_ audit: RawAudit) -> Bool {
        guard let instant = audit.instant else { return true }
        return instant >= ledger.start && instant < settings.end?.readUntil ?? .distantFuture
    }

    private mutating func conclude(
        _ outcome: Pass.Outcome, of pass: Pass, at moment: Moment, _ actions: inout [TailAction]
    ) {
        switch outcome {
        case .reading: break
        case .again(let reason): actions.append(.report(.windowRepeated(pass.lane, pass.window, reason: reason)))
        case .split(let reason): actions.append(.report(.windowSplit(pass.lane, pass.window, reason: reason)))
        case .covered(let window, let isLast):
            if let interval = slots[pass.ring]?.coverable(window) {
                deliveries.mark(interval, of: pass.lane)
                planned.cover(interval, of: pass.lane)
            }
            if isLast { endPass(pass, at: moment) }
        }
        if let current = slots[pass.ring]?.pass { schedule.learned(from: current) }
    }

    private mutating func endPass(_ pass: Pass, at moment: Moment) {
        guard let slot = slots[pass.ring] else { return }
        if let finished = slot.pass { schedule.learned(from: finished) }
        if pass.ring == .live { schedule.livePassEnded(pass.lane, fresh: slot.fresh, at: moment.clock) }
        slots[pass.ring]?.end()
    }

    private mutating func failed(_ failure: ReadFailure, _ ring: Ring, at moment: Moment, _ actions: inout [TailAction]) {
        slots[ring]?.isWaiting = false
        guard let pass = slots[ring]?.pass else { return }
        switch failure {
        case .tooMuch(let reason):
            concludeDecision(pass, at: moment, &actions) { $0.refusedAsTooMuch(reason) }
            if pass.asynchronous { retryLater(failure, pass, at: moment, &actions) }
        case .timedOut(let reason):
            concludeDecision(pass, at: moment, &actions) { $0.refusedAsTooMuch(reason) }
            retryLater(failure, pass, at: moment, &actions)
        case .pageSize(let reason):
            concludeDecision(pass, at: moment, &actions) { $0.refusedPageSize(reason) }
            if pass.asynchronous { retryLater(failure, pass, at: moment, &actions) }
        case .serviceRequired:
            retryLater(failure, pass, at: moment, &actions)
            slots[ring]?.end()
            findLanesAt = moment.clock
        case .queryLost(let reason):
            concludeDecision(pass, at: moment, &actions) { $0.lost(reason) }
            retryLater(failure, pass, at: moment, &actions)
        case .transient, .refused: retryLater(failure, pass, at: moment, &actions)
        case .cancelled: break
        }
    }

    private mutating func concludeDecision(
        _ pass: Pass, at moment: Moment, _ actions: inout [TailAction], _ decision: (inout Pass) -> Pass.Outcome
    ) {
        guard let outcome = slots[pass.ring]?.decide(decision) else { return }
        conclude(outcome, of: pass, at: moment, &actions)
    }

    private mutating func retryLater(
        _ failure: ReadFailure, _ pass: Pass, at moment: Moment, _ actions: inout [TailAction]
    ) {
        let wait = slots[pass.ring]?.failed(at: moment.clock, asked: failure.delay) ?? .zero
        actions.append(.report(.readFailing(pass.lane, reason: failure.reason, retryIn: wait)))
    }

    private mutating func answered(
        _ sequence: Int, _ answer: Answer, at moment: Moment, _ actions: inout [TailAction]
    ) {
        if case .refusedForGood(let refusal) = answer, let batch = deliveries.handOver(sequence) {
            actions.append(.setApart(batch, reason: refusal.reason))
            return
        }
        switch deliveries.answered(sequence, answer, at: moment.clock) {
        case .acknowledged(let batch, let recovered):
            if recovered { actions.append(.report(.outputRecovered)) }
            if batch.isUnidentified { status.setApart += batch.audits.count } else { status.delivered += batch.audits.count }
            commits.acknowledged(batch.acknowledged(orElse: moment.server))
        case .refused(let reason, let retryIn):
            actions.append(.report(.outputFailing(reason: reason, retryIn: retryIn)))
        case .stillRefused: break
        case .ended(let refusal):
            isStopping = true
            finalRefusal = refusal
        }
    }

    private mutating func committed(_ actions: inout [TailAction]) {
        if commits.isFailing { actions.append(.report(.storeRecovered)) }
        for batch in commits.committed().acknowledged { deduplicator.commit(batch) }
    }
}

// MARK: What is to be done
extension Tail {
    private mutating func advance(at moment: Moment, _ actions: inout [TailAction]) {
        settle(at: moment)
        if !isStopping {
            findLanes(at: moment, &actions)
            for ring in [Ring.live, .catchUp] { read(ring, at: moment, &actions) }
            for lost in schedule.newlyLost(ledger, at: moment) {
                actions.append(.report(.beyondRetention(lost.lane, lost.interval)))
            }
        }
        if finalRefusal == nil {
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
            ledger.cover(mark.interval, of: mark.lane)
            commits.covered(ledger.coverage(of: mark.lane), of: mark.lane)
        }
        deduplicator.keep(intervalsInMemory(at: moment))
        if moment.clock - forgottenAt > .seconds(600) {
            forgottenAt = moment.clock
            let needed = ledger.idsNeeded(since: schedule.lanes, retention: settings.idRetention, overlap: settings.overlap)
            commits.forget(before: needed)
        }
    }

    private func intervalsInMemory(at moment: Moment) -> [Interval] {
        let passes = slots.values.compactMap(\.pass).map { memory(of: $0, at: moment) }
        return [schedule.liveMemory(planned, at: moment.server)] + passes
    }

    /// The event time of which a pass needs the ids to read on.
    private func memory(of pass: Pass, at moment: Moment) -> Interval {
        switch pass.ring {
        case .live:
            let memory = schedule.liveMemory(planned, at: moment.server)
            return Interval(min(memory.start, pass.request.interval.start), memory.end)
        case .catchUp: return Interval(pass.window.start - .seconds(60), pass.window.end + .seconds(60))
        }
    }

    private mutating func findLanes(at moment: Moment, _ actions: inout [TailAction]) {
        guard !isFindingLanes, let findLanesAt, moment.clock >= findLanesAt else { return }
        isFindingLanes = true
        actions.append(.findLanes)
    }

    private mutating func read(_ ring: Ring, at moment: Moment, _ actions: inout [TailAction]) {
        guard var slot = slots[ring] else { return }
        if slot.pass == nil, !slot.isWaiting, let pass = nextPass(ring, at: moment) {
            slot.begin(pass, coverableUntil: moment.server - settings.settle)
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
        }
    }

    private func hasRoom(for ring: Ring) -> Bool {
        guard commits.count < settings.uncommittedIDs else { return false }
        switch ring {
        case .live: return deliveries.bytes < settings.unacknowledgedBytes * 2
        case .catchUp: return deliveries.bytes < settings.unacknowledgedBytes
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
        if isDone, finalRefusal != nil || deliveries.isEmpty, commits.isEmpty {
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
        if slots[.live]?.pass == nil, let poll = schedule.nextPoll {
            // A lane that is due and was not planned waits for the server's clock to move on.
            wakes.append(max(poll, moment.clock + .milliseconds(200)))
        }
        return wakes
    }

    private mutating func updateStatus() {
        status.unacknowledged = deliveries.count
        status.frontier = schedule.lanes.map { ledger.frontier(of: $0) }.min()
        status.gap = schedule.lanes.reduce(.zero) { sum, lane in
            ledger.gaps(of: lane).reduce(sum) { $0 + $1.duration }
        }
    }
}
