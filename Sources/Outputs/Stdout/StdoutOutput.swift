import CSupport
import Engine
import Formats
import Glibc
import NIOConcurrencyHelpers

/// Events as lines on standard output.
///
/// Guarantee `handoff`. Acknowledged when a regular file has the lines on disk, when the reader of a pipe has taken every byte out
/// of it (pipe(7): the kernel keeps what was not read only as long as a reader lives), and when anything else has taken the bytes. A reader that
/// has gone ends the run: nothing can bring it back.
public struct StdoutOutput: Output {
    static let guarantee = Guarantee.handoff

    public var guarantee: Guarantee { Self.guarantee }
    public let window = 1
    private let format: Format
    private let priorities: SeverityRules?
    private let sink: LineSink

    /// - Parameters:
    ///   - priorities: what stands before each line; nothing where `nil`.
    ///   - descriptor: where to write; the descriptor stays its owner's.
    public init(format: Format, priorities: SeverityRules? = nil, descriptor: Int32 = STDOUT_FILENO) {
        self.format = format
        self.priorities = priorities
        sink = LineSink(descriptor: descriptor)
    }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let lines = batch.lines(format, priorities: priorities)
        do {
            try await sink.thread.run { _ in try sink.write(lines) }
            answer(.acknowledged)
        } catch let error as SystemError {
            answer(.refusedForNow(refusal(error)))
        } catch {
            answer(.refusedForNow(Refusal("stdout: \(error)")))
        }
    }

    public func close() async { await sink.thread.stop() }

    private func refusal(_ error: SystemError) -> Refusal {
        error.code == EPIPE
            ? Refusal("stdout was closed by its reader", isFinal: true)
            : Refusal("stdout: \(error)")
    }
}

/// A descriptor of any kind that takes lines, on a thread of its own.
///
/// Never made non-blocking: the open file is shared with whoever handed it to this process. Instead nothing is written before the kernel says
/// that it will not block, in pieces that a pipe takes whole (PIPE_BUF, pipe(7)).
struct LineSink: Sendable {
    /// How long a wait lasts before cancellation is looked at.
    private static let pollMilliseconds: Int32 = 100
    private static let pieceBytes = 4096
    /// How often a pipe is asked whether it is empty: first and longest pause.
    private static let pauseMicroseconds: (first: UInt32, most: UInt32) = (20, 5000)

    let descriptor: Int32
    let thread = BlockingThread()
    private let kind: mode_t
    /// A write ended inside a line, which has no end yet: the next one begins with it.
    private let isTorn = NIOLockedValueBox(false)

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    }

    /// Returns when the bytes are acknowledged in the sense of `StdoutOutput`.
    func write(_ lines: [UInt8]) throws {
        let bytes = isTorn.withLockedValue { $0 } ? [UInt8(ascii: "\n")] + lines : lines
        if kind == S_IFREG {
            try writeAll(bytes, pieces: bytes.count, waiting: false)
            _ = try uninterrupted { fdatasync(descriptor) }
        } else {
            try writeAll(bytes, pieces: LineSink.pieceBytes, waiting: true)
            if kind == S_IFIFO { try waitUntilTaken() }
        }
    }

    private func writeAll(_ bytes: [UInt8], pieces: Int, waiting: Bool) throws {
        try bytes.withUnsafeBytes { buffer in
            var position = 0
            while position < buffer.count {
                if waiting { try waitUntilWritable() }
                let rest = UnsafeRawBufferPointer(rebasing: buffer[position...].prefix(pieces))
                do throws(SystemError) {
                    position += try uninterrupted { Glibc.write(descriptor, rest.baseAddress, rest.count) }
                    isTorn.withLockedValue { $0 = buffer[position - 1] != UInt8(ascii: "\n") }
                } catch {
                    // Somebody else made the shared descriptor non-blocking.
                    guard error.code == EAGAIN else { throw error }
                    try waitUntilWritable()
                }
            }
        }
    }

    private func waitUntilWritable() throws {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while try uninterrupted({ Glibc.poll(&poll, 1, LineSink.pollMilliseconds) }) == 0 {
            if thread.isCancelled { throw CancellationError() }
        }
        // On a pipe's write end this says that the last reader has gone.
        if poll.revents & Int16(POLLERR) != 0 { throw SystemError(EPIPE) }
    }

    private func waitUntilTaken() throws {
        var pause = LineSink.pauseMicroseconds.first
        while true {
            var unread: Int32 = 0
            let code = csupport_unread_bytes(descriptor, &unread)
            if code != 0 { throw SystemError(code) }
            if unread == 0 { return }
            if thread.isCancelled { throw CancellationError() }
            var poll = pollfd(fd: descriptor, events: 0, revents: 0)
            _ = Glibc.poll(&poll, 1, 0)
            if poll.revents & Int16(POLLERR) != 0 { throw SystemError(EPIPE) }
            usleep(pause)
            pause = min(pause * 2, LineSink.pauseMicroseconds.most)
        }
    }
}
