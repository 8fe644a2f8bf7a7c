import NIOCore
import NIOPosix

/// Does something later that may block.
enum BlockingTimer {
    /// Calls `work` once, after the pause, on a thread that nothing else waits for: an event loop that blocks stops all its connections.
    static func run(in pause: TimeAmount, _ work: @escaping @Sendable () -> Void) {
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: pause) {
            NIOThreadPool.singleton.submit { _ in work() }
        }
    }
}
