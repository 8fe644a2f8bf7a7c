import AuditCore
import Engine

/// The way of a read: shared with who wants the same, through the gate, to the API and back.
extension Simulation {
    /// Between two looks at a query that is not done, as a reader does.
    private static let statusPause = Duration.seconds(2)

    mutating func request(
        _ subject: SimulatedProcess.Subject, _ step: SimulatedAPI.Step, _ urgency: Urgency, _ waiter: SimulatedProcess.Waiter
    ) {
        lastCaller += 1
        guard let flight = process?.flights.join(subject, lastCaller, waiter) else { return }
        process?.calls[flight] = SimulatedProcess.Call(step: step, urgency: urgency)
        schedule(.ask(flight: flight), at: now)
    }

    mutating func ask(_ flight: Int) throws(Violation) {
        guard let clock = process?.clock, var call = process?.calls[flight] else { return }
        let local = clock.now(at: now)
        let family = call.step.family
        guard let ticket = call.ticket ?? process?.gate.join(call.urgency),
            let turn = process?.gate.turn(of: ticket, family, at: local).turn
        else { return }
        call.ticket = ticket
        switch turn {
        case .goes:
            call.ticket = nil
            counts.requests += 1
            try pace.sent(family, at: local)
            schedule(.arrive(flight: flight), after: latency(plan.latency / 2))
        case .waits(let until):
            schedule(.ask(flight: flight), at: clock.instant(of: until))
        case .parked(let rest):
            return try land(flight, .failure(.transient("parked", delay: rest)))
        }
        process?.calls[flight] = call
    }

    mutating func arrive(_ flight: Int) {
        guard let call = process?.calls[flight] else { return }
        let troubles = isFaulty ? plan.troubles.filter { $0.interval.contains(now) }.map(\.kind) : []
        let answer = api.answer(call.step, troubles, fails: fails("request"), at: now, &random)
        let way = latency(plan.latency / 2)
        if case .failure(.timedOut) = answer.content {
            schedule(.answer(flight: flight, answer), after: way + .seconds(30))
        } else {
            schedule(.answer(flight: flight, answer), after: way)
        }
    }

    mutating func answered(_ flight: Int, _ answer: SimulatedAPI.Answer) throws(Violation) {
        guard let clock = process?.clock, let call = process?.calls[flight] else { return }
        let local = clock.now(at: now)
        if let date = answer.date {
            process?.gate.answered(date, isCounted: true, at: local)
            process?.gate.allowed(plan.allowance, count: answer.count, reset: answer.reset, at: local)
            pace.allowed(at: local)
        }
        if let wait = answer.wait {
            counts.fault(wait > Parking.longestPause ? "parking" : "429")
            _ = process?.gate.refused(call.step.family, for: wait, at: local)
            pace.refused(call.step.family, for: wait, at: local)
        }
        switch (answer.content, call.step) {
        case (.failure(let failure), _): try land(flight, .failure(failure))
        case (.success(.looked(true)), .status(_, let continuation)):
            try land(flight, .success(.page(PageReading(page: .empty, rest: .continued(continuation.done)))))
        case (.success(.looked(false)), _):
            schedule(.pauseEnded(flight: flight), at: clock.instant(of: local + Simulation.statusPause))
        case (.success(let content), _): try land(flight, .success(content))
        }
    }

    mutating func pauseEnded(_ flight: Int) throws(Violation) {
        guard case .status(_, let continuation)? = process?.calls[flight]?.step else { return }
        try land(flight, .success(.page(PageReading(page: .empty, rest: .continued(continuation)))))
    }

    /// Everybody who waited gets the result.
    private mutating func land(_ flight: Int, _ result: Result<SimulatedAPI.Content, ReadFailure>) throws(Violation) {
        process?.calls[flight] = nil
        for waiter in process?.flights.land(flight) ?? [] {
            switch (result, waiter.ring) {
            case (.success(.nothing), _): try startTails()
            case (.success(.lanes(let lanes)), _): try tell(waiter.tail, .lanes(.success(lanes)))
            case (.success(.page(let reading)), let ring?):
                try oracles[waiter.tail].shown(reading.page)
                try tell(waiter.tail, .read(ring, .success(reading)))
            case (.success, _): throw Violation("an answer of the wrong kind")
            case (.failure(let failure), let ring?): try tell(waiter.tail, .read(ring, .failure(failure)))
            case (.failure, nil) where process?.tails.isEmpty ?? true: schedule(.connect, after: .seconds(5))
            case (.failure(let failure), nil): try tell(waiter.tail, .lanes(.failure(failure)))
            }
        }
    }
}
