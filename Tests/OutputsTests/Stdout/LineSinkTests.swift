import Glibc
import TestTraits
import Testing

@testable import Outputs

/// What one output leaves inside a line on a descriptor, and what the next one makes of it.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct LineSinkTests {
    /// More than a pipe holds (pipe(7)).
    private static let long = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000) + [UInt8(ascii: "\n")]

    private func isFull(_ descriptor: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 0
    }

    /// Writes a line to a pipe that nobody reads, and gives up in the middle of it.
    private func tear(_ sink: LineSink) async {
        await withTaskGroup { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await sink.thread.run { _ in try sink.write(LineSinkTests.long) }
                }
            }
            while !isFull(sink.descriptor) { await Task.yield() }
            group.cancelAll()
        }
        await sink.thread.stop()
    }

    private func write(_ line: String, _ sink: LineSink) async throws {
        try await sink.thread.run { _ in try sink.write(Array(line.utf8)) }
        await sink.thread.stop()
    }

    @Test func `a line that was torn is ended before the first line of the output that follows`() async throws {
        let receiver = try DescriptorReceiver()
        let lineEnd = LineEnd()
        await tear(LineSink(descriptor: receiver.writer, lineEnd: lineEnd))
        receiver.start(.takesEverything)
        try await write("{\"id\":\"1\"}\n", LineSink(descriptor: receiver.writer, lineEnd: lineEnd))
        try await write("{\"id\":\"2\"}\n", LineSink(descriptor: receiver.writer, lineEnd: lineEnd))
        try await receiver.finish()
        let lines = receiver.lines.lines
        #expect(lines.dropFirst() == ["{\"id\":\"1\"}", "{\"id\":\"2\"}"])
        #expect(lines.first.map { $0.allSatisfy { $0 == "x" } && $0.utf8.count < LineSinkTests.long.count } == true)
    }

    @Test func `every output on standard output knows where the last one ended, and no other descriptor takes that over`() {
        #expect(LineEnd.of(STDOUT_FILENO) === LineEnd.of(STDOUT_FILENO))
        #expect(LineEnd.of(STDERR_FILENO) !== LineEnd.of(STDERR_FILENO))
        #expect(LineEnd.of(STDERR_FILENO) !== LineEnd.of(STDOUT_FILENO))
    }
}
