import AuditCore

/// What happened, and what it changes.
extension Tail {
    mutating func take(_ event: TailEvent, at moment: Moment, _ actions: inout [TailAction]) {
        switch event {
        case .started, .woken: break
        case .stopped:
            isStopping = true
            deliveries.retryNow()
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
            findLanesAt = lanes.allSatisfy { $0.service == nil } ? nil : moment.clock + settings.laneInterval
            if lanes != schedule.lanes { actions.append(.report(.lanes(lanes))) }
            schedule.adopt(lanes, at: moment.clock)
            isLedgerChanged = true
            for (ring, slot) in slots where slot.pass.map({ !lanes.contains($0.lane) }) ?? false { slots[ring]?.release() }
            for lane in ledger.adopt(lanes) {
                let coverage = ledger.coverage(of: lane)
                commits.covered(coverage, of: lane)
                lose(ledger.lost(of: lane), of: lane)
                // What is read and not acknowledged will be covered for the old lane alone.
                for interval in coverage.intervals { planned.cover(interval, of: lane) }
            }
        case .failure(.cancelled): break
        case .failure(let failure):
            let wait = laneBackoff.failed(asked: failure.delay)
            findLanesAt = moment.clock + wait
            actions.append(.report(.readFailing(.all, failure, retryIn: wait)))
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
        let fresh = enqueue(reading.page, of: pass.lane, at: moment)
        let horizon = schedule.horizon(of: .realtime, at: moment)
        guard let (outcome, recovered) = slots[ring]?.received(reading, fresh: fresh, horizon: horizon) else { return }
        if recovered { actions.append(.report(.readRecovered(pass.lane))) }
        if ring == .reconcile { schedule.isAsynchronousFailing = false }
        conclude(outcome, of: pass, at: moment, &actions)
    }

    /// Queues what the output has not had. Every audit that the API shows is delivered, whether or not its window turns out complete.
    private mutating func enqueue(_ page: AuditPage, of lane: Lane, at moment: Moment) -> Int {
        var fresh: [RawAudit] = []
        var unidentified: [RawAudit] = []
        fresh.reserveCapacity(page.audits.count)
        for audit in page.audits {
            guard wants(audit) else { continue }
            status.received += 1
            guard let id = audit.id else {
                // Shown again, it is not kept twice.
                if deduplicator.insert(page.identity(of: audit)) { unidentified.append(audit) }
                continue
            }
            guard deduplicator.insert(id) else {
                status.duplicates += 1
                continue
            }
            fresh.append(audit)
            guard let instant = audit.instant else { continue }
            status.arrivals.note(milliseconds: moment.server.milliseconds - instant.milliseconds)
        }
        let (rest, audits) = page.holding(fresh)
        let coverage = planned.coverage(of: lane)
        for batch in Tail.batches(of: audits, events: settings.batchEvents, bytes: settings.batchBytes) {
            deliveries.append(batch, of: rest, late: LateArrivals(of: batch, in: coverage), seen: moment.clock)
        }
        if !unidentified.isEmpty {
            let (rest, audits) = page.holding(unidentified)
            deliveries.append(audits, of: rest, seen: moment.clock)
        }
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
        case .reading:
            guard pass.ring.endpoint == .asynchronous, let slot = slots[pass.ring], let current = slot.pass,
                current.position != pass.position
            else { break }
            deliveries.mark(.progress(pass.ring, current.progress(coverableUntil: slot.coverableUntil)))
        case .again(let reason): actions.append(.report(.windowRepeated(pass.lane, pass.window, reason: reason)))
        case .split(let reason): actions.append(.report(.windowSplit(pass.lane, pass.window, reason: reason)))
        case .covered(let window, let isLast):
            let horizon = schedule.horizon(of: pass.asynchronous ? .asynchronous : .realtime, at: moment)
            if let interval = slots[pass.ring]?.coverable(
                window, settled: moment.server - settings.settle, horizon: horizon)
            {
                let beside = schedule.covers(interval, of: pass.lane, at: slots[pass.ring]?.coverableUntil ?? .distantPast)
                for (lane, interval) in [(pass.lane, interval)] + beside {
                    deliveries.mark(.covered(lane, interval))
                    planned.cover(interval, of: lane)
                }
                isLedgerChanged = true
            }
            if pass.ring.endpoint == .asynchronous { deliveries.mark(.progress(pass.ring, nil)) }
            if isLast { endPass(pass, at: moment) }
        }
        if let current = slots[pass.ring]?.pass { schedule.learned(from: current) }
    }

    private mutating func endPass(_ pass: Pass, at moment: Moment) {
        guard let slot = slots[pass.ring] else { return }
        if let finished = slot.pass { schedule.learned(from: finished) }
        switch pass.ring {
        case .live: schedule.livePassEnded(pass.lane, fresh: slot.fresh, at: moment.clock)
        case .sweep, .reconcile: schedule.asynchronousPassEnded(pass, at: moment)
        case .catchUp: break
        }
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
        actions.append(.report(.readFailing(pass.lane, failure, retryIn: wait)))
        if pass.ring == .reconcile, slots[.reconcile]?.failures ?? 0 >= Tail.failuresBeforeOthers {
            schedule.isAsynchronousFailing = true
        }
        // One lane that cannot be read must not keep the others from being read.
        guard schedule.lanes.count > 1, let slot = slots[pass.ring], slot.failures % Tail.failuresBeforeOthers == 0 else {
            return
        }
        schedule.setAside(pass.lane, from: pass.ring, until: moment.clock + wait)
        slots[pass.ring]?.release()
    }

    /// How often in a row a lane may fail before the others have their turn.
    private static let failuresBeforeOthers = 4

    private mutating func answered(
        _ sequence: Int, _ answer: Answer, at moment: Moment, _ actions: inout [TailAction]
    ) {
        let refused: (places: [Int]?, refusal: Refusal)? =
            switch answer {
            case .refusedForGood(let refusal): (nil, refusal)
            case .acknowledgedExcept(let places, let refusal): (places, refusal)
            case .acknowledged, .refusedForNow: nil
            }
        if let (places, refusal) = refused, let batch = deliveries.handOver(sequence, places) {
            actions.append(.setApart(batch, reason: refusal.reason))
            return
        }
        switch deliveries.answered(sequence, answer, at: moment.clock) {
        case .acknowledged(let batch, let apart, let recovered):
            if recovered { actions.append(.report(.outputRecovered)) }
            if batch.isRecord {
                if batch.sequence == heartbeatUnderWay { heartbeatUnderWay = nil }
                break
            }
            let setApart = batch.isUnidentified ? batch.audits.count : apart
            status.setApart += setApart
            status.delivered += batch.audits.count - setApart
            if setApart < batch.audits.count {
                status.deliveries.note(moment.clock - batch.seen, count: batch.audits.count - setApart)
            }
            commits.acknowledged(batch.acknowledged(orElse: moment.server))
            guard !batch.late.isEmpty else { break }
            ledger.note(batch.late)
            commits.noted(ledger.late)
        case .refused(let reason, _) where isStopping:
            // The API keeps what was read: a run that is to end does not wait for an output that is down.
            isGivingUp = true
            actions.append(.report(.abandoned(count: deliveries.count, reason: reason)))
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
