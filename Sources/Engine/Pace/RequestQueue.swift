/// Who goes when: the requests of all tails, rings and lanes, in front of one budget.
///
/// The most urgent goes first, and within one urgency who came first. So that nobody waits for ever, at least every
/// `RequestQueue.concession`th place goes to who has waited longest among the less urgent.
///
/// A place is given only when it is there to be used, never ahead of its time; so who leaves takes none with him.
/// Whoever waits asks for its turn again at the time that it was told, and the answer may have been decided by another's asking.
/// The length is bounded by the callers: each has a fixed number of requests under way.
public struct RequestQueue: Sendable {
    /// One waiting request.
    public struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    public enum Turn: Equatable, Sendable {
        /// Send it now. The ticket is used up.
        case goes
        /// Ask again then, or whenever; it is later than now.
        case waits(until: Duration)
    }

    private struct Waiting {
        let ticket: Ticket
        let urgency: Urgency
    }

    /// One in so many places is not the most urgent one's, while others wait.
    public static let concession = 8

    public var budget: RequestBudget
    private var lastNumber = 0
    /// In the order of their coming.
    private var waiting: [Waiting] = []
    /// They have their place, and have not asked since.
    private var admitted: Set<Ticket> = []
    /// The places in a row that went to a request while a less urgent one waited.
    private var preferred = 0

    public init(budget: RequestBudget) { self.budget = budget }

    /// The requests without a place.
    public var count: Int { waiting.count }

    /// A request comes. It has to ask for its turn, or to leave.
    public mutating func join(_ urgency: Urgency) -> Ticket {
        lastNumber += 1
        let ticket = Ticket(number: lastNumber)
        waiting.append(Waiting(ticket: ticket, urgency: urgency))
        return ticket
    }

    /// Gives away what places there are, and says what is with this one. A ticket that is used up must not ask again.
    public mutating func turn(of ticket: Ticket, at now: Duration) -> Turn {
        while !waiting.isEmpty, budget.place(at: now) <= now {
            _ = budget.reserve(at: now)
            admitted.insert(next())
        }
        return admitted.remove(ticket) == nil ? .waits(until: budget.place(at: now)) : .goes
    }

    /// The request is not sent: who waits behind it moves up. Does nothing for a ticket that is used up.
    public mutating func leave(_ ticket: Ticket) {
        waiting.removeAll { $0.ticket == ticket }
        admitted.remove(ticket)
    }

    /// Takes out whose turn it is. There is one.
    private mutating func next() -> Ticket {
        let most = waiting.indices.min { waiting[$0].urgency < waiting[$1].urgency } ?? 0
        let less = waiting.firstIndex { $0.urgency > waiting[most].urgency }
        guard let less else {
            preferred = 0
            return waiting.remove(at: most).ticket
        }
        preferred += 1
        guard preferred == RequestQueue.concession else { return waiting.remove(at: most).ticket }
        preferred = 0
        return waiting.remove(at: less).ticket
    }
}
