import AuditCore
import Engine

/// A clock that runs forward from the start of a process, a little too fast or too slow.
struct SimulatedClock {
    let start: Instant
    let rate: Double

    func now(at instant: Instant) -> Duration { .milliseconds(Int64(Double((instant - start).wholeMilliseconds) * rate)) }

    /// The first moment at which it shows `reading` or more.
    func instant(of reading: Duration) -> Instant {
        // A reading between two milliseconds is reached at the second of them.
        let wanted = reading.wholeMilliseconds + (reading > .milliseconds(reading.wholeMilliseconds) ? 1 : 0)
        var instant = start + .milliseconds(Int64(Double(wanted) / rate))
        while now(at: instant) < reading { instant = instant + .milliseconds(1) }
        return instant
    }
}

/// One life of the program: from a start to its end or a crash. Everything in it is forgotten then.
struct SimulatedProcess {
    /// What several tails may ask for at once.
    enum Subject: Hashable, Sendable {
        case connect
        case lanes
        case read(ReadRequest.Subject)
    }

    struct Waiter: Sendable {
        let tail: Int
        /// `nil` where lanes are asked for.
        let ring: Ring?
    }

    /// A read on its way through the gate to the API and back.
    struct Call {
        var step: SimulatedAPI.Step
        let urgency: Urgency
        var ticket: RequestQueue.Ticket?
    }

    struct TailState {
        var tail: Tail
        /// The deadlines that will wake it.
        var alarms: [Duration] = []
        var isFinished = false
        /// Batches without an answer that it knows of.
        var batchesOut = 0
    }

    let clock: SimulatedClock
    var gate: RequestGate
    var flights = Flights<Subject, Waiter>()
    var calls: [Int: Call] = [:]
    /// Empty until the API has answered once.
    var tails: [TailState] = []
    var isStopping = false

    init(at now: Instant, _ plan: SimulationPlan) {
        clock = SimulatedClock(start: now, rate: plan.clockRate)
        gate = RequestGate(budget: RequestBudget(perMinute: plan.budget))
    }
}
