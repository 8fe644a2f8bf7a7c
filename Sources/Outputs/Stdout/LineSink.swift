import CSupport
import Glibc

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
    private let lineEnd: LineEnd

    /// - Parameter lineEnd: that of the descriptor, where others write to it before or after this sink.
    init(descriptor: Int32, lineEnd: LineEnd? = nil) {
        self.descriptor = descriptor
        self.lineEnd = lineEnd ?? LineEnd.of(descriptor)
        var status = stat()
        kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    }

    /// Returns when the bytes are acknowledged in the sense of `StdoutOutput`.
    func write(_ lines: [UInt8]) throws {
        let bytes = lineEnd.isMissing ? [UInt8(ascii: "\n")] + lines : lines
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
                    lineEnd.wrote(upTo: buffer[position - 1])
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
