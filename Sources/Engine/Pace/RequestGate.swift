import AuditCore

/// What every request of a process passes: the budget and who goes first, what is parked, and what the answers say of the server's time and
/// allowance.
public struct RequestGate: Sendable {
    public enum Turn: Equatable, Sendable {
        /// Send it now. The ticket is used up.
        case goes
        /// Ask again then, or whenever; it is later than now.
        case waits(until: Duration)
        /// It is not to be sent before so long. The ticket is used up.
        case parked(rest: Duration)
    }

    private var queue: RequestQueue
    private var parking = Parking()
    private var server = ServerClock()

    public init(budget: RequestBudget) { queue = RequestQueue(budget: budget) }

    /// The server's now, never ahead of it; `nil` before the first answer.
    public func serverNow(at now: Duration) -> Instant? { server.now(at: now) }

    /// A request comes. It has to ask for its turn, or to leave.
    public mutating func join(_ urgency: Urgency) -> RequestQueue.Ticket { queue.join(urgency) }

    /// The request is not sent.
    public mutating func leave(_ ticket: RequestQueue.Ticket) { queue.leave(ticket) }

    /// What is with this request, and which families' parking is over, each of them once.
    public mutating func turn(
        of ticket: RequestQueue.Ticket, _ family: RequestFamily, at now: Duration
    ) -> (turn: Turn, ended: [RequestFamily]) {
        let ended = parking.ended(at: now)
        if let rest = parking.rest(of: family, at: now) {
            queue.leave(ticket)
            return (.parked(rest: rest), ended)
        }
        switch queue.turn(of: ticket, at: now) {
        case .goes: return (.goes, ended)
        case .waits(let until): return (.waits(until: until), ended)
        }
    }

    /// The API refused a request for its rate. A short wait holds all requests, a long one those of the family.
    /// - Parameters:
    ///   - family: `nil` for a request that the API does not limit with others.
    ///   - wait: what the answer asks for, if it names a time.
    public mutating func refused(_ family: RequestFamily?, for wait: Duration?, at now: Duration) -> Parking.Verdict {
        let verdict = parking.refused(family, for: wait, at: now)
        if case .pause(let until) = verdict { queue.budget.park(until: until) }
        return verdict
    }

    /// An answer arrived.
    /// - Parameters:
    ///   - date: its `Date`.
    ///   - isCounted: `false` for one of the login host: its clock is another one, and does until the API has answered.
    public mutating func answered(_ date: Instant?, isCounted: Bool, at now: Duration) {
        if let date, isCounted || server.now(at: now) == nil { server.answered(date, at: now) }
    }

    /// An answer of the API stated the allowance, as `RequestBudget.answered` wants it.
    public mutating func allowed(_ allowed: Int?, count: Int?, reset: Duration?, at now: Duration) {
        queue.budget.answered(allowed: allowed, count: count, reset: reset, at: now)
    }
}
