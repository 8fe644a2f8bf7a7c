/// Time that only runs forward, from an arbitrary beginning. One edge of the engine.
public protocol EngineClock: Sendable {
    func now() -> Duration
    /// Throws `CancellationError` when cancelled.
    func sleep(until deadline: Duration) async throws
}

/// The machine's monotonic clock, which a step of the wall clock does not move.
public struct MonotonicClock: EngineClock {
    private let beginning = ContinuousClock.now

    public init() {}

    public func now() -> Duration { ContinuousClock.now - beginning }

    public func sleep(until deadline: Duration) async throws {
        try await ContinuousClock().sleep(until: beginning + deadline)
    }
}
