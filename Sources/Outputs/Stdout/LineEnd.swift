import Glibc
import NIOConcurrencyHelpers

/// Whether the last write to a descriptor ended inside a line, whose end the next one has to begin with.
///
/// An output that is cut off inside a line leaves it so to the one that follows it.
final class LineEnd: Sendable {
    /// Standard output is open as long as the process lives, and its outputs follow one another.
    private static let ofStandardOutput = LineEnd()

    private let missing = NIOLockedValueBox(false)

    /// - Returns: a new one for any other descriptor: its number may have been that of another file before.
    static func of(_ descriptor: Int32) -> LineEnd { descriptor == STDOUT_FILENO ? ofStandardOutput : LineEnd() }

    var isMissing: Bool { missing.withLockedValue { $0 } }

    func wrote(upTo last: UInt8) { missing.withLockedValue { $0 = last != UInt8(ascii: "\n") } }
}
