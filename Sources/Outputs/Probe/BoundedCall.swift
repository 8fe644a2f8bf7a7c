import NIOCore
import NIOPosix

/// A call that may block, on a thread of its own, for whose end nobody waits longer than a bound.
public enum BoundedCall {
    public static let bound = TimeAmount.seconds(10)

    public struct Overdue: Error, CustomStringConvertible {
        public var description: String { "no answer within \(BoundedCall.bound.nanoseconds / 1_000_000_000) s" }
    }

    /// - Throws: `Overdue`, after which the call goes on by itself; what `work` throws.
    public static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        defer { pool.shutdownGracefully { _ in } }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Value.self)
        pool.runIfActive(eventLoop: loop, work).whenComplete { promise.completeWith($0) }
        let overdue = loop.scheduleTask(in: bound) { promise.fail(Overdue()) }
        defer { overdue.cancel() }
        return try await promise.futureResult.get()
    }
}
