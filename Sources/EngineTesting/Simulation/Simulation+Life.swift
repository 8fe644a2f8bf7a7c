import AuditCore
import Engine

/// Starts, ends and crashes.
extension Simulation {
    mutating func begin() {
        guard process == nil, !isTroubled(.process) else { return }
        life += 1
        process = SimulatedProcess(at: now, plan)
        pace.begins()
        note("process \(life) begins")
        schedule(.connect, at: now)
    }

    /// The API has answered once, and so its time is known.
    mutating func startTails() throws(Violation) {
        for (index, planned) in plan.tails.enumerated() {
            var settings = planned.settings
            settings.seed &+= UInt64(life)
            let ledger = try ledger(of: index)
            oracles[index].begins(from: ledger)
            process?.tails.append(
                SimulatedProcess.TailState(tail: Tail(settings: settings, ledger: ledger, window: planned.window)))
        }
        for index in plan.tails.indices { try tell(index, .started) }
    }

    private mutating func ledger(of index: Int) throws(Violation) -> Ledger {
        let output = plan.tails[index].settings.output
        if let ledger = store.ledger(of: output) { return ledger }
        var change = LedgerChange(output: output)
        change.start = plan.tails[index].start
        do { try store.commit(change) } catch { throw Violation("the store: \(error.reason)") }
        return Ledger(start: plan.tails[index].start)
    }

    /// The process is killed: what was under way may have happened or not, and nobody learns of it.
    ///
    /// - Parameter wait: until the next one begins; `nil` where that is planned.
    mutating func crash(for wait: Duration?) throws(Violation) {
        counts.crashes += 1
        note("crash")
        for happening in takeUnderWay() where random.happens(50) {
            switch happening {
            case .store(let index, .commit(let change)): try commit(change, of: index)
            case .settle(let index, let sequence): try acknowledge(sequence, of: index)
            case .setApart(let index, let batch): try oracles[index].acknowledged(batch, at: now)
            default: continue
            }
        }
        ends(for: wait)
    }

    private mutating func ends(for wait: Duration?) {
        process = nil
        for index in outputs.indices {
            outputs[index] = SimulatedOutput(manner: plan.tails[index].manner)
            oracles[index].processEnded()
        }
        if let wait { schedule(.begin, after: wait, outlives: true) }
    }

    /// SIGTERM: read no more, deliver and commit what was read. Patience has its end.
    mutating func stop() throws(Violation) {
        counts.stops += 1
        note("stop")
        process?.isStopping = true
        schedule(.kill, after: .seconds(20))
        for index in plan.tails.indices { try tell(index, .stopped) }
        if process?.tails.isEmpty ?? false { try crash(for: downtime()) }
    }

    mutating func finished(_ index: Int, _ refusal: Refusal?) throws(Violation) {
        try demand(refusal == nil, "it ended with \(refusal?.reason ?? "")")
        process?.tails[index].isFinished = true
        guard let status = process?.tails[index].tail.status, let isStopping = process?.isStopping else { return }
        if isStopping {
            if status.unacknowledged == 0 { try oracles[index].checkCommitted() }
        } else {
            try oracles[index].checkEnd(store, at: now)
            try demand(status.unacknowledged == 0, "\(status.unacknowledged) audits are unacknowledged at the end")
        }
        guard process?.tails.allSatisfy(\.isFinished) ?? false else { return }
        guard isStopping else {
            isOver = true
            return
        }
        _ = takeUnderWay()
        ends(for: downtime())
    }

    /// Tails that follow for ever are done when nothing is missing.
    mutating func check() throws(Violation) {
        guard plan.tails.contains(where: { $0.settings.end == nil }) else { return }
        schedule(.check, after: plan.kind == .dense ? .seconds(60) : .seconds(1800), outlives: true)
        guard let process, !process.tails.isEmpty, !process.isStopping else { return }
        for index in plan.tails.indices {
            let tail = process.tails[index].tail
            if tail.status.unacknowledged > 0 || tail.holdings.uncommitted > 0 { return }
            if oracles[index].missing(store, at: now) != nil { return }
        }
        for oracle in oracles { try oracle.checkEnd(store, at: now) }
        isOver = true
    }
}
