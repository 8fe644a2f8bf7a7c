import AuditCore

/// How often a command that does not wait tries again, and how long it pauses before it does.
struct Patience: Sendable, Equatable {
    /// The first pause; each further one is twice as long.
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(30)
    /// The longest wait that the API may ask for before the command gives up instead.
    private static let longestAskedPause = Duration.seconds(180)

    /// Failures in a row, the last of which ends it.
    let mostFailures: Int
    private var failures = 0

    init(mostFailures: Int = 5) { self.mostFailures = mostFailures }

    /// - Parameter asked: the pause that the other side asked for.
    /// - Returns: how long to pause; `nil` to give up.
    mutating func failed(asked: Duration?) -> Duration? {
        failures += 1
        guard failures < mostFailures, asked ?? .zero <= Patience.longestAskedPause else { return nil }
        var pause = Patience.firstPause
        for _ in 1..<failures where pause < Patience.longestPause { pause = min(pause * 2, Patience.longestPause) }
        return max(pause, asked ?? .zero)
    }

    mutating func succeeded() { failures = 0 }
}
