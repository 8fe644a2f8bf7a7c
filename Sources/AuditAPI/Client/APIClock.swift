/// The time that the library reads and waits for, so that a test can have its own.
public struct APIClock: Sendable {
    /// Time since a moment of the clock's own; it never goes back.
    public let now: @Sendable () -> Duration
    /// Returns after the duration; throws `CancellationError` when the task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void

    public init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    public init<Base: Clock>(_ clock: Base) where Base.Duration == Duration {
        let start = clock.now
        self.init(
            now: { start.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) })
    }

    /// Goes on while the machine sleeps, as the life of a token does.
    public static let continuous = APIClock(ContinuousClock())
}
