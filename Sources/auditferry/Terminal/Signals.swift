import Forwarder
import Glibc
import UnixSignals

/// The signals of a run: SIGTERM and SIGINT stop it, a second one ends the program at once; SIGHUP reloads; SIGUSR1 logs
/// where the tails stand.
enum Signals {
    static func stream() async -> AsyncStream<RunSignal> { await stoppable().stream }

    /// The signals, and a way for the program itself to stop the run.
    static func stoppable() async -> (stream: AsyncStream<RunSignal>, stop: @Sendable () -> Void) {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigusr1)
        let (stream, continuation) = AsyncStream.makeStream(of: RunSignal.self)
        let task = Task {
            var stops = 0
            for await signal in signals {
                switch signal {
                case .sighup: continuation.yield(.reload)
                case .sigusr1: continuation.yield(.logStatus)
                default:
                    stops += 1
                    if stops > 1 { _exit(1) }
                    continuation.yield(.stop)
                }
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return (stream, { continuation.yield(.stop) })
    }
}

extension Signals {
    /// Runs `work` until it is done, or cancels it at the first signal to stop.
    /// - Returns: whether it was done.
    static func stopping(
        _ signals: AsyncStream<RunSignal>, _ work: @escaping @Sendable () async throws -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work()
                return true
            }
            group.addTask {
                for await signal in signals {
                    if case .stop = signal { return false }
                }
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
