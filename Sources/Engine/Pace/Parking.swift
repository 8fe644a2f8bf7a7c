/// What the API limits together, beside the allowance of the whole client.
public enum RequestFamily: String, CaseIterable, Sendable {
    case realtime
    case asynchronous
    case other
}

/// The families of requests that the API refuses for long, a daily limit for instance: those alone are not sent until that time, so
/// that the lanes that need others stay alive.
public struct Parking: Sendable {
    /// What a refusal means.
    public enum Verdict: Equatable, Sendable {
        /// A pause that all requests make.
        case pause(until: Duration)
        /// The family is parked from now on.
        case parked(until: Duration)
        /// It was parked already; perhaps for longer now.
        case stillParked
        /// Nobody waits but the caller, who belongs to no family.
        case unshared
    }

    /// The longest wait that is for all requests, as the window of the client's allowance is; a longer one is no such window.
    public static let longestPause = Duration.seconds(180)
    /// For a refusal that names no time.
    private static let unnamedWait = Duration.seconds(3)

    private var ends: [RequestFamily: Duration] = [:]

    public init() {}

    /// A request was refused for its rate (429).
    /// - Parameters:
    ///   - family: `nil` for a request that the API does not limit with others: one for a token.
    ///   - wait: what the answer asks for, if it names a time.
    public mutating func refused(_ family: RequestFamily?, for wait: Duration?, at now: Duration) -> Verdict {
        let wait = min(wait ?? Parking.unnamedWait, Backoff.longestAsked)
        guard wait > Parking.longestPause else { return .pause(until: now + wait) }
        guard let family else { return .unshared }
        let isKnown = rest(of: family, at: now) != nil
        ends[family] = max(ends[family] ?? .zero, now + wait)
        return isKnown ? .stillParked : .parked(until: now + wait)
    }

    /// How long a family stays parked; `nil` where it is not.
    public func rest(of family: RequestFamily, at now: Duration) -> Duration? {
        ends[family].flatMap { $0 > now ? $0 - now : nil }
    }

    /// The families whose parking is over, each of them once.
    public mutating func ended(at now: Duration) -> [RequestFamily] {
        let over = RequestFamily.allCases.filter { ends[$0].map { $0 <= now } ?? false }
        for family in over { ends[family] = nil }
        return over
    }
}
