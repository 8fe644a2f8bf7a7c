/// What was found at one place that an output delivers to. Nothing was delivered there.
public struct OutputProbe: Sendable, Equatable {
    public enum Verdict: Sendable {
        /// As far as can be known without delivering.
        case sound
        /// Nothing can be delivered there as things are.
        case failed
    }

    /// For people: an address, a socket or a file.
    public let place: String
    public let verdict: Verdict
    /// What was seen; where it failed, why.
    public let seen: String
    /// What to do about it; `nil` where nothing is to be done.
    public let hint: String?

    public init(_ place: String, _ verdict: Verdict, _ seen: String, hint: String? = nil) {
        self.place = place
        self.verdict = verdict
        self.seen = seen
        self.hint = hint
    }

    /// What an attempt came to.
    static func of(_ place: String, attempt: () async throws -> String) async -> OutputProbe {
        do {
            return OutputProbe(place, .sound, try await attempt())
        } catch {
            let reason = NetworkFailure.describe(error)
            return OutputProbe(place, .failed, reason, hint: NetworkTrouble.remedy(for: reason))
        }
    }
}
