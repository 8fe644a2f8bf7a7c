import AuditCore
import Engine

/// What can happen next. Between any two of them the process may crash.
enum Happening {
    case begin
    case crash
    /// The time for an orderly end is over.
    case kill
    /// Whether everything is delivered, where nothing fails any more.
    case check
    case connect
    case wake(Int)
    case tell(Int, TailEvent)
    case ask(flight: Int)
    case arrive(flight: Int)
    case answer(flight: Int, SimulatedAPI.Answer)
    case pauseEnded(flight: Int)
    case store(Int, TailAction)
    case setApart(Int, Batch)
    case hand(Int, Batch)
    case settle(Int, sequence: Int)
    case refuse(Int, sequence: Int, Answer)
}

extension Simulation {
    mutating func perform(_ happening: Happening) throws(Violation) {
        switch happening {
        case .begin: begin()
        case .crash: if process != nil { try crash(for: nil) }
        case .kill: try crash(for: .seconds(5))
        case .check: try check()
        case .connect: request(.connect, .connect, .live, SimulatedProcess.Waiter(tail: 0, ring: nil))
        case .wake(let index): try tell(index, .woken)
        case .tell(let index, let event): try tell(index, event)
        case .ask(let flight): try ask(flight)
        case .arrive(let flight): arrive(flight)
        case .answer(let flight, let answer): try answered(flight, answer)
        case .pauseEnded(let flight): try pauseEnded(flight)
        case .store(let index, let action): try callStore(action, of: index)
        case .setApart(let index, let batch): try setApart(batch, of: index)
        case .hand(let index, let batch): hand(batch, to: index)
        case .settle(let index, let sequence): try settle(sequence, of: index)
        case .refuse(let index, let sequence, let answer): refuse(sequence, of: index, answer)
        }
    }

    /// A tail learns of something, and says what is to be done.
    mutating func tell(_ index: Int, _ event: TailEvent) throws(Violation) {
        guard process?.tails.indices.contains(index) ?? false, process?.tails[index].isFinished == false,
            let clock = process?.clock.now(at: now)
        else { return }
        switch event {
        case .answered: process?.tails[index].batchesOut -= 1
        case .woken: process?.tails[index].alarms.removeAll { $0 <= clock }
        default: break
        }
        let moment = Moment(clock: clock, server: process?.gate.serverNow(at: clock) ?? plan.tails[index].start)
        note("\(index) < \(event.trace)")
        guard let actions = process?.tails[index].tail.handle(event, at: moment) else { return }
        for action in actions { try begin(action, of: index, at: moment) }
        guard let batches = process?.tails[index].batchesOut, let holdings = process?.tails[index].tail.holdings,
            let unacknowledged = process?.tails[index].tail.status.unacknowledged
        else { return }
        try demand(batches <= plan.tails[index].window, "\(batches) batches are out at once, of \(plan.tails[index].window)")
        try oracles[index].check(holdings, unacknowledged: unacknowledged)
    }

    private mutating func begin(_ action: TailAction, of index: Int, at moment: Moment) throws(Violation) {
        note("\(index) > \(action.trace)")
        switch action {
        case .findLanes: request(.lanes, .lanes, .live, SimulatedProcess.Waiter(tail: index, ring: nil))
        case .read(let ring, let wanted):
            try oracles[index].asks(wanted, for: ring, holding: process?.tails[index].tail.holdings)
            request(.read(wanted.subject), step(of: wanted), wanted.urgency, SimulatedProcess.Waiter(tail: index, ring: ring))
        case .load, .commit: schedule(.store(index, action), after: latency(50))
        case .deliver(let batch):
            process?.tails[index].batchesOut += 1
            outputs[index].call(.batch(batch))
            pump(index)
        case .setApart(let batch, _):
            process?.tails[index].batchesOut += 1
            schedule(.setApart(index, batch), after: latency(50))
        case .drain:
            outputs[index].call(.drain)
            pump(index)
        case .wake(let deadline): try wake(index, at: deadline, moment)
        case .report(let report): try oracles[index].reported(report, at: now)
        case .finish(let refusal): try finished(index, refusal)
        }
    }

    private func step(of request: ReadRequest) -> SimulatedAPI.Step {
        guard case .asynchronous(let continuation?) = request.position else { return .page(request) }
        return continuation.isDone ? .results(continuation) : .status(request, continuation)
    }

    private mutating func wake(_ index: Int, at deadline: Duration, _ moment: Moment) throws(Violation) {
        try demand(deadline > moment.clock, "a wake in the past")
        guard let clock = process?.clock, process?.tails[index].alarms.allSatisfy({ deadline < $0 }) ?? false else { return }
        process?.tails[index].alarms.append(deadline)
        schedule(.wake(index), at: clock.instant(of: deadline))
    }
}
