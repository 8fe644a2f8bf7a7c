import Glibc

/// A socket that takes whole messages. Calls block, in steps of a tenth of a second, between which they ask whether to go on.
protocol MessageSocket: Sendable {
    /// Opens it where it is not open.
    mutating func open() throws
    /// - Returns: `false` where the message is larger than can ever be sent.
    /// - Throws: `SystemError`, `CancellationError`.
    mutating func send(_ message: [UInt8], unless isCancelled: () -> Bool) throws -> Bool
    /// Returns when what was sent has reached what the output promises.
    mutating func settle(unless isCancelled: () -> Bool) throws
    mutating func close()
}

/// Waiting for descriptors.
enum Readiness {
    private static let pollMilliseconds: Int32 = 100

    /// - Returns: what poll(2) says of the descriptor, once it says something.
    static func wait(_ descriptor: Int32, for events: Int32, unless isCancelled: () -> Bool) throws -> Int32 {
        var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while try uninterrupted({ Glibc.poll(&poll, 1, pollMilliseconds) }) == 0 {
            if isCancelled() { throw CancellationError() }
        }
        return Int32(poll.revents)
    }

    static func now(_ descriptor: Int32, _ events: Int32 = 0) -> Int32 {
        var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0 ? Int32(poll.revents) : 0
    }
}
