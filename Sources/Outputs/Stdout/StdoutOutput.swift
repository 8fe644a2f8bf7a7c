import Engine
import Formats
import Glibc

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
