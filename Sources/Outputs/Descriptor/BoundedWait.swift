import Glibc

/// A wait on a blocking thread that ends in time: by what is waited for, by cancellation, or at its bound.
struct BoundedWait {
    /// How long one look lasts before cancellation is looked at.
    private static let lookMilliseconds: Int32 = 100
    private static let pauses: (first: Duration, most: Duration) = (.microseconds(50), .milliseconds(20))

    private let thread: BlockingThread
    private let bound: Duration
    private var end: ContinuousClock.Instant
    private var pause = BoundedWait.pauses.first

    init(_ bound: Duration, on thread: BlockingThread) {
        self.thread = thread
        self.bound = bound
        end = .now + bound
    }

    /// Something moved: the bound begins anew.
    mutating func progressed() {
        end = .now + bound
        pause = BoundedWait.pauses.first
    }

    /// - Returns: whether one of `events` came before the bound.
    mutating func poll(_ descriptor: Int32, _ events: Int32) throws -> Bool {
        while true {
            if thread.isCancelled { throw CancellationError() }
            let rest = (end - .now) / .milliseconds(1)
            if rest <= 0 { return false }
            var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if try uninterrupted({ Glibc.poll(&poll, 1, min(Int32(rest.rounded(.up)), BoundedWait.lookMilliseconds)) }) > 0 {
                return true
            }
        }
    }

    /// For what the kernel does not tell: a pause, longer each time.
    /// - Returns: `false` at the bound.
    mutating func again() throws -> Bool {
        if thread.isCancelled { throw CancellationError() }
        guard ContinuousClock.now < end else { return false }
        usleep(UInt32(pause / .microseconds(1)))
        pause = min(pause * 2, BoundedWait.pauses.most)
        return true
    }
}
