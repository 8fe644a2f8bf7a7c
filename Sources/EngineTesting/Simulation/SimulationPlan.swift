import AuditCore
import Engine

/// What a seed decides before anything runs: who tails, what the API is like, and what goes wrong until when.
///
/// The rules of the faults:
/// - Until `faultyUntil` any request, call of the store and delivery fails with a chance of `failurePercent`, and the troubles last as long as
///   they say. After it nothing fails, and everything has to be delivered before `deadline`.
/// - Of what the API shows late, the tails owe what a poll's overlap or a sweep or a reconciliation could see while nothing was down.
/// - The API's retention is what the tails take it for, and a minute more.
struct SimulationPlan: Sendable {
    enum Kind: String, Sendable {
        /// A quarter of an hour with everything small and everything failing.
        case dense
        /// Days to weeks, with the outages that last so long.
        case sparse
        /// A day in which one output has no trouble, and the others have.
        case isolated
    }

    struct TailPlan: Sendable {
        var settings: TailSettings
        let start: Instant
        let window: Int
        let manner: SimulatedOutput.Manner
    }

    static let beginning = Instant(seconds: 1_800_000_000)

    let kind: Kind
    let archive: SampleArchive
    let tails: [TailPlan]
    let troubles: [Trouble]
    let faultyUntil: Instant
    let deadline: Instant
    let failurePercent: Int
    /// Crashes beside the planned ones, one in so many happenings.
    let crashes: (most: Int, oneIn: Int)
    /// Whether the API changes its mind about queries for all services.
    let changesLanes: Bool
    /// How fast the local clock is: 1 is right.
    let clockRate: Double
    /// What the API allows in a minute, and the budget that was configured.
    let allowance: Int
    let budget: Int?
    /// Requests in a minute that others make with the same client.
    let othersSpend: Int
    /// The longest way of a request, there and back, in milliseconds, while nothing fails.
    let latency: Int
    /// The bytes of an audit.
    let sizes: ClosedRange<Int>
    /// The most audits of any day.
    let densestDay: Int

    init(_ random: inout SampleGenerator, seed: UInt64) {
        switch random.number(0...99) {
        case ..<93: self = SimulationPlan.dense(&random, seed)
        case ..<97: self = SimulationPlan.sparse(&random, seed)
        default: self = SimulationPlan.isolated(&random, seed)
        }
    }

    init(
        kind: Kind, archive: SampleArchive, tails: [TailPlan], troubles: [Trouble], faultyUntil: Instant, deadline: Instant,
        failurePercent: Int, crashes: (most: Int, oneIn: Int), changesLanes: Bool = false, _ random: inout SampleGenerator
    ) {
        self.kind = kind
        self.archive = archive
        self.tails = tails.map(SimulationPlan.speaking)
        self.troubles = troubles
        self.faultyUntil = faultyUntil
        self.deadline = deadline
        self.failurePercent = failurePercent
        self.crashes = crashes
        self.changesLanes = changesLanes
        clockRate = 1 + Double([-200, -20, 20, 200][random.number(0...3)]) / 1e6
        allowance = random.happens(30) ? random.number(60...200) : 300
        budget = random.happens(30) ? random.number(40...150) : nil
        othersSpend = kind != .isolated && random.happens(20) ? random.number(10...allowance * 3 / 4) : 0
        latency = random.number(2...400)
        sizes = archive.sizes ?? 1...1
        densestDay =
            archive.entries.map { entry in
                archive.places(in: Interval(entry.audit.instant, entry.audit.instant + .seconds(86_400))).count
            }.max() ?? 0
    }

    /// Some tails say in the stream that they live, and what is lost.
    private static func speaking(_ tail: TailPlan) -> TailPlan {
        guard tail.settings.seed.isMultiple(of: 3) else { return tail }
        var tail = tail
        tail.settings.heartbeat = tail.settings.pollInterval * 4
        tail.settings.recordsGaps = true
        return tail
    }

    /// Whether any tail reads the asynchronous endpoint.
    var readsAsynchronous: Bool { tails.contains { $0.settings.sweep != nil } }

    /// How far the server's clock is wrong at the most.
    var dateErrors: (ahead: Duration, behind: Duration) {
        let errors = troubles.compactMap { if case .date(let error) = $0.kind { error } else { nil } }
        return (max(errors.max() ?? .zero, .zero), max(.zero - (errors.min() ?? .zero), .zero))
    }

    /// When the server's clock was ahead, and the event time that it may have been said to be then.
    var wronglyAhead: Interval? {
        let ahead = troubles.compactMap { trouble -> Interval? in
            guard case .date(let error) = trouble.kind, error > .zero else { return nil }
            return Interval(trouble.interval.start, trouble.interval.end + error)
        }
        guard let start = ahead.map(\.start).min(), let end = ahead.map(\.end).max() else { return nil }
        // What the asynchronous endpoint shows later counts as old enough then. The wrong time is carried on until an answer has the right one, which
        // takes a while where requests fail.
        return Interval(start - .seconds(5) - archive.manners.asynchronousLag, end + .seconds(180))
    }
}

/// Something that is wrong for a while.
struct Trouble: Sendable {
    enum Kind: Sendable, Equatable {
        /// The API does not answer, or answers 503.
        case api
        /// Credentials or permission are refused.
        case credentials
        /// The `Date` of its answers is wrong by so much.
        case date(Duration)
        /// It refuses for the rate, and asks to wait so long.
        case rate(wait: Duration)
        /// The output refuses.
        case output(Int)
        /// The output takes nothing and answers nothing.
        case stall(Int)
        case store
        /// The process is not there. It crashes at the start and begins again at the end.
        case process

        /// For counting.
        var name: String {
            switch self {
            case .api: "API outage"
            case .credentials: "403 for a while"
            case .date: "wrong date"
            case .rate: "429 for a while"
            case .output: "output down"
            case .stall: "output stalled"
            case .store: "store down"
            case .process: "process down"
            }
        }
    }

    let kind: Kind
    let interval: Interval
}
