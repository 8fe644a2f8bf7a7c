import DequeModule
import Engine

/// What the requests of one process owe the API, by the process's own clock.
struct PaceOracle {
    private static let minute = Duration.seconds(60)

    /// Requests in a minute: the configured budget, or the share of what the API allows, before and after it has said that.
    private let most: (unknown: Int, known: Int)
    private var knownAt: Duration?
    private var sent: Deque<Duration> = []
    private var quietUntil = Duration.zero
    private var parkedUntil: [RequestFamily: Duration] = [:]

    init(_ plan: SimulationPlan) {
        func share(of allowance: Int) -> Int { Int(Double(allowance) * RequestBudget.automaticShare) }
        most = (plan.budget ?? share(of: RequestBudget.assumedAllowance), plan.budget ?? share(of: plan.allowance))
    }

    mutating func begins() {
        knownAt = nil
        sent = []
        quietUntil = .zero
        parkedUntil = [:]
    }

    /// An answer stated the allowance.
    mutating func allowed(at now: Duration) { knownAt = knownAt ?? now }

    mutating func refused(_ family: RequestFamily, for wait: Duration, at now: Duration) {
        if wait > Parking.longestPause {
            parkedUntil[family] = max(parkedUntil[family] ?? .zero, now + wait)
        } else {
            quietUntil = max(quietUntil, now + wait)
        }
    }

    mutating func sent(_ family: RequestFamily, at now: Duration) throws(Violation) {
        try demand(now >= quietUntil, "a request at \(now), and the API asked for silence until \(quietUntil)")
        let end = parkedUntil[family] ?? .zero
        try demand(now >= end, "a \(family.rawValue) request at \(now), and they are parked until \(end)")
        sent.append(now)
        while let first = sent.first, first <= now - PaceOracle.minute { sent.removeFirst() }
        let isKnown = knownAt.map { now - $0 > PaceOracle.minute } ?? false
        let budget = isKnown ? most.known : max(most.known, most.unknown)
        try demand(sent.count <= budget, "\(sent.count) requests in the minute before \(now), of \(budget)")
    }
}
