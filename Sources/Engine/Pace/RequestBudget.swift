/// How many requests may go out, and when: a share of the organization's allowance, spent evenly enough that no minute exceeds it and that a
/// long catch-up never makes the live ring wait for one.
///
/// A generic cell rate algorithm: a burst, and then a fixed distance between requests, such that burst and one minute of distances make
/// the budget.
public struct RequestBudget: Sendable {
    /// What part of the allowance is used when nothing else is said.
    public static let automaticShare = 0.8
    /// The allowance before the API has told it (its documented limit for one client).
    public static let assumedAllowance = 300
    /// What part of the budget may go out at once.
    private static let burstShare = 12
    private static let minute = Duration.seconds(60)

    private let fixed: Int?
    private var perMinute: Int
    /// When the next request would go out if all of them kept their distance.
    private var next = Duration.zero
    /// Nothing goes out before that.
    public private(set) var parkedUntil = Duration.zero

    /// - Parameter perMinute: the budget; `nil` for the automatic share of what the API states.
    public init(perMinute: Int? = nil) {
        fixed = perMinute
        self.perMinute = perMinute ?? RequestBudget.share(of: RequestBudget.assumedAllowance)
    }

    private var burst: Int { max(1, perMinute / RequestBudget.burstShare) }
    private var distance: Duration { RequestBudget.minute / max(1, perMinute - burst) }

    /// When the next request may go out; `now` where it may at once.
    public func place(at now: Duration) -> Duration { max(next - distance * (burst - 1), parkedUntil, now) }

    /// Takes a place for one request.
    /// - Returns: how long it has to wait.
    public mutating func reserve(at now: Duration) -> Duration {
        let earliest = place(at: now)
        next = max(next, earliest) + distance
        return earliest - now
    }

    /// The API answered. Each number is what its header states; `nil` where it does not.
    ///
    /// - Parameters:
    ///   - allowed: requests in a window.
    ///   - count: what all users of the client have spent of them.
    ///   - reset: until the window ends.
    public mutating func answered(allowed: Int?, count: Int?, reset: Duration?, at now: Duration) {
        guard let allowed, allowed > 0 else { return }
        if fixed == nil { perMinute = RequestBudget.share(of: allowed) }
        // Somebody else spends, too: leave the rest of this window to them.
        if let count, let reset, count >= RequestBudget.share(of: allowed), reset <= RequestBudget.minute * 2 {
            park(until: now + reset)
        }
    }

    /// The API refused: nothing goes out before that.
    public mutating func park(until: Duration) { parkedUntil = max(parkedUntil, until) }

    private static func share(of allowed: Int) -> Int { max(1, Int(Double(allowed) * automaticShare)) }
}
