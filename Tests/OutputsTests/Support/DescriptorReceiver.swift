import EngineTesting
import Glibc
import NIOConcurrencyHelpers
import NIOPosix

/// Reads one end of a pipe or of a socket pair on a thread of its own.
final class DescriptorReceiver: Sendable {
    private static let blockBytes = 3000

    /// Where the output writes to.
    let writer: Int32
    let lines = ReceivedLines()
    private let reader: Int32
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let reading = NIOLockedValueBox<Task<Void, any Error>?>(nil)

    struct Unusable: Error {}

    init(socketPair: Bool = false) throws {
        // As the program itself: a reader that has gone is an error of the call, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        let code = socketPair ? socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) : pipe(&ends)
        guard code == 0 else { throw Unusable() }
        (reader, writer) = (ends[0], ends[1])
    }

    func start(_ conduct: ReceiverConduct) {
        pool.start()
        switch conduct {
        case .takesEverything: read(.max)
        case .breaksOff(let count): read(count)
        case .stalls: break
        }
    }

    /// Whether something was written and not read.
    var hasWaiting: Bool {
        var poll = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }

    /// Takes the rest.
    func finish() async throws {
        close(writer)
        if reading.withLockedValue({ $0 }) == nil { read(.max) }
        try await reading.withLockedValue { $0 }?.value
        try await pool.shutdownGracefully()
    }

    private func read(_ most: Int) {
        let task = Task { try await pool.runIfActive { self.readBlocks(most) } }
        reading.withLockedValue { $0 = task }
    }

    private func readBlocks(_ most: Int) {
        var block = [UInt8](repeating: 0, count: DescriptorReceiver.blockBytes)
        var rest = most
        while rest > 0 {
            let count = Glibc.read(reader, &block, min(block.count, rest))
            guard count > 0 else { break }
            block.withUnsafeBytes { lines.take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            rest -= count
        }
        close(reader)
    }
}
