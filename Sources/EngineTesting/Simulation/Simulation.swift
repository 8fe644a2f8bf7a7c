import AuditCore
import Engine
import HeapModule

/// A whole process, from one seed: the production tails of several outputs, the gate to the API and the sharing of reads, among failures of all
/// they touch, with crashes between any two happenings and restarts from what was committed. Then the faults stop, and everything has to be
/// delivered within a bounded time.
///
/// Time is virtual and belongs to the API; the process has a clock of its own, and knows of the API's what its answers say.
public struct Simulation {
    /// The longest run needs a tenth of them.
    private static let mostHappenings = 5_000_000

    var random: SampleGenerator
    let plan: SimulationPlan
    var now = SimulationPlan.beginning
    var api: SimulatedAPI
    var outputs: [SimulatedOutput]
    var store = StoredLedgers()
    var oracles: [Oracle]
    var pace: PaceOracle
    var counts = SimulationCounts()
    /// `nil` while there is none.
    var process: SimulatedProcess?
    /// How many processes there were.
    var life = 0
    var isOver = false
    private var coming = Heap<Scheduled>()
    private var lastNumber = 0
    var lastCaller = 0
    private let trace: ((String) -> Void)?

    private struct Scheduled: Comparable {
        let at: Instant
        let number: Int
        /// The process that it belongs to; `nil` for what outlives it.
        let life: Int?
        let happening: Happening

        static func < (left: Scheduled, right: Scheduled) -> Bool { (left.at, left.number) < (right.at, right.number) }
        static func == (left: Scheduled, right: Scheduled) -> Bool { left.number == right.number }
    }

    /// - Parameter trace: is told everything that happens; the same seed tells the same, word for word.
    /// - Throws: `Violation` at the first broken promise.
    public static func run(seed: UInt64, trace: ((String) -> Void)? = nil) throws(Violation) -> SimulationCounts {
        var simulation = Simulation(seed: seed, trace: trace)
        try simulation.run()
        simulation.counts.virtualTime = simulation.now - SimulationPlan.beginning
        for oracle in simulation.oracles {
            simulation.counts.deliveries += oracle.deliveries
            simulation.counts.duplicates += oracle.duplicates
        }
        return simulation.counts
    }

    private init(seed: UInt64, trace: ((String) -> Void)?) {
        random = SampleGenerator(seed: seed)
        plan = SimulationPlan(&random, seed: seed)
        self.trace = trace
        api = SimulatedAPI(plan)
        outputs = plan.tails.map { SimulatedOutput(manner: $0.manner) }
        oracles = Oracle.all(of: plan)
        pace = PaceOracle(plan)
        if plan.changesLanes, random.happens(30) { api.changeLanes() }
    }

    private mutating func run() throws(Violation) {
        schedule(.begin, at: now, outlives: true)
        schedule(.check, at: plan.faultyUntil, outlives: true)
        for trouble in plan.troubles { counts.fault(trouble.kind.name) }
        for trouble in plan.troubles where trouble.kind == .process {
            schedule(.crash, at: trouble.interval.start, outlives: true)
            schedule(.begin, at: trouble.interval.end, outlives: true)
        }
        while !isOver {
            guard let next = coming.popMin() else { throw Violation("nothing is under way and nothing will wake it") }
            try demand(next.at <= plan.deadline, "it came to no end: \(stand)")
            now = max(now, next.at)
            guard next.life == nil || next.life == life else { continue }
            counts.happenings += 1
            try demand(counts.happenings < Simulation.mostHappenings, "it came to no end: \(stand)")
            try perform(next.happening)
            if isFaulty, process != nil, counts.crashes + counts.stops < plan.crashes.most,
                random.number(1...plan.crashes.oneIn) == 1
            {
                if random.happens(20) { try stop() } else { try crash(for: downtime()) }
            }
        }
    }

    var isFaulty: Bool { now < plan.faultyUntil }

    /// Whether something that may fail now does.
    mutating func fails(_ name: String) -> Bool {
        guard isFaulty, plan.failurePercent > 0, random.happens(plan.failurePercent) else { return false }
        counts.fault(name)
        return true
    }

    func isTroubled(_ kind: Trouble.Kind) -> Bool { end(of: kind) != nil }

    /// When a trouble ends that there is now.
    func end(of kind: Trouble.Kind) -> Instant? {
        plan.troubles.lazy.filter { $0.kind == kind && $0.interval.contains(now) }.map(\.interval.end).max()
    }

    /// How long something takes: up to `most` milliseconds, and now and then much longer.
    mutating func latency(_ most: Int) -> Duration {
        .milliseconds(random.number(0...(isFaulty && plan.failurePercent > 0 && random.happens(2) ? 20_000 : most)))
    }

    mutating func downtime() -> Duration {
        let most = plan.tails.contains { $0.settings.end == nil } && plan.kind == .dense ? 2 : 3
        return .seconds([0, 5, 200, 3600][random.number(0...most)])
    }

    mutating func schedule(_ happening: Happening, after wait: Duration, outlives: Bool = false) {
        schedule(happening, at: now + wait, outlives: outlives)
    }

    mutating func schedule(_ happening: Happening, at instant: Instant, outlives: Bool = false) {
        lastNumber += 1
        coming.insert(Scheduled(at: instant, number: lastNumber, life: outlives ? nil : life, happening: happening))
    }

    /// What was under way in the process that ends, in its order; nothing of it is left.
    mutating func takeUnderWay() -> [Happening] {
        let all = coming.unordered.sorted()
        coming = Heap(all.filter { $0.life == nil })
        return all.filter { $0.life == life }.map(\.happening)
    }

    func note(_ text: @autoclosure () -> String) { trace?("\(now) \(text())") }

    /// For the message of a run that does not end.
    private var stand: String {
        guard let process else { return "the process is down" }
        return process.tails.indices.map { index in
            let tail = process.tails[index]
            let missing = oracles[index].missing(store, at: now) ?? "nothing is missing"
            return
                "\(plan.tails[index].settings.output) \(tail.isFinished ? "has finished" : "goes on"): \(missing); \(tail.tail.status)"
        }.joined(separator: "; ")
    }
}
