import AuditCore

/// What faults do to one request.
struct Interference: Sendable, Equatable {
    /// What is answered instead of what was asked for.
    enum Refusal: Sendable, Equatable {
        case unauthorized
        case forbidden
        /// With the seconds of `Retry-After`.
        case tooManyRequests(seconds: Int)
        /// Without the header; the text names the seconds of the window.
        case tooManyRequestsSilently(window: Int)
        case gatewayPage
        case emptyUnavailable
        case internalError
    }

    /// What happens to the bytes of the answer.
    enum Damage: Sendable, Equatable {
        case truncated
        case malformed
        case reset
    }

    var refusal: Refusal?
    var damage: Damage?
    var delay: Duration?
}

/// Counts requests, so that "every Nth" always hits the same ones.
struct InterferenceCounters: Sendable {
    let plan: FaultPlan
    private var counts: [Fault: Int] = [:]

    init(plan: FaultPlan) { self.plan = plan }

    /// Whether this is the Nth for a fault with the parameter `every`. Every call counts.
    mutating func hits(_ fault: Fault) -> Bool {
        guard let every = plan.number(fault, "every") else { return false }
        counts[fault, default: 0] += 1
        return counts[fault, default: 0] % every == 0
    }

    /// Called once for each request to one of the seven operations.
    mutating func next() -> Interference {
        var interference = Interference()
        if hits(.slow) { interference.delay = plan.duration(.slow, "delay") }
        if hits(.truncate) { interference.damage = .truncated }
        if hits(.malformed) { interference.damage = .malformed }
        if hits(.reset) { interference.damage = .reset }
        interference.refusal = refusal()
        return interference
    }

    private mutating func refusal() -> Interference.Refusal? {
        var refusal: Interference.Refusal? = plan.contains(.forbidden) ? .forbidden : nil
        if hits(.error500) { refusal = .internalError }
        if hits(.empty503) { refusal = .emptyUnavailable }
        if hits(.html502) { refusal = .gatewayPage }
        if hits(.rateLimitSilent) { refusal = .tooManyRequestsSilently(window: seconds(.rateLimitSilent, "window")) }
        if hits(.rateLimit) { refusal = .tooManyRequests(seconds: seconds(.rateLimit)) }
        if hits(.rateLimitLong) { refusal = .tooManyRequests(seconds: seconds(.rateLimitLong)) }
        if hits(.unauthorized) { refusal = .unauthorized }
        return refusal
    }

    private func seconds(_ fault: Fault, _ parameter: String = "wait") -> Int {
        Int((plan.duration(fault, parameter) ?? .zero).wholeMilliseconds + 999) / 1000
    }
}
