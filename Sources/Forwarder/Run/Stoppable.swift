import Engine

/// Work that can be told to stop, and that then has some time to come to its end.
enum Stoppable {
    enum Ending: Sendable {
        /// By itself, or in time after it was told to stop.
        case ended
        /// The time was over; it was cancelled.
        case timedOut
    }

    private enum Progress: Sendable {
        case ended, stopping, timedOut
        /// No signal can come any more.
        case deaf
    }

    /// Does `work` until it ends, or until a signal stops it.
    ///
    /// - Parameters:
    ///   - timeout: how long it may go on after it was told to stop; asked then.
    ///   - take: what a signal does; `true` where that is to stop.
    ///   - stop: tells the work to stop; `false` where nothing has begun that would have to come to its end.
    static func run(
        until signals: some AsyncSequence<RunSignal, Never> & Sendable, within timeout: @escaping @Sendable () -> Duration,
        clock: any EngineClock,
        take: @escaping @Sendable (RunSignal) async -> Bool, stop: @escaping @Sendable () -> Bool,
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws -> Ending {
        try await withThrowingTaskGroup(of: Progress.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await work()
                return .ended
            }
            group.addTask {
                for await signal in signals where await take(signal) { return .stopping }
                return .deaf
            }
            while let progress = try await group.next() {
                switch progress {
                case .ended: return .ended
                case .deaf: continue
                case .stopping:
                    guard stop() else { return .ended }
                    group.addTask {
                        try? await clock.sleep(until: clock.now() + timeout())
                        return .timedOut
                    }
                case .timedOut: return .timedOut
                }
            }
            return .ended
        }
    }
}
