import NIOConcurrencyHelpers
import NIOPosix

/// A thread for calls that may block: the two threads of the cooperative pool are not for them.
final class BlockingThread: Sendable {
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let cancelled = NIOLockedValueBox(false)

    init() { pool.start() }

    /// Runs `work`, which has to look at `isCancelled` wherever it waits. Calls run one after the other.
    func run<Value: Sendable>(_ work: @escaping @Sendable (BlockingThread) throws -> Value) async throws -> Value {
        try await withTaskCancellationHandler {
            try await pool.runIfActive { try work(self) }
        } onCancel: {
            cancelled.withLockedValue { $0 = true }
        }
    }

    /// Whether somebody who waits for a call has given up. An output is not used after that.
    var isCancelled: Bool { cancelled.withLockedValue { $0 } }

    func stop() async { try? await pool.shutdownGracefully() }
}
