import Glibc
import Logging

/// Writes to stderr, a line at once, and never fails: there is nobody left to tell.
public enum StandardError {
    public static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Writes one line, with its priority where the journal reads it.
    public static func write(line: String, _ level: Logger.Level) {
        write((isJournal ? level.journalPrefix : "") + line + "\n")
    }

    public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// It is the stream to the journal that the service manager made: not so where somebody has put something else in its place.
    static let isJournal = JournalStream(getenv("JOURNAL_STREAM").map { String(cString: $0) })?.isOpen(at: STDERR_FILENO) ?? false
}

/// The stream to the journal that systemd.exec(5) names by `JOURNAL_STREAM`.
struct JournalStream: Equatable {
    let device: UInt64
    let inode: UInt64

    /// - Parameter text: two numbers with a colon between them; `nil` where there is no such stream.
    init?(_ text: String?) {
        let parts = text?.split(separator: ":", omittingEmptySubsequences: false).map { UInt64($0) } ?? []
        guard parts.count == 2, let device = parts[0], let inode = parts[1] else { return nil }
        self.device = device
        self.inode = inode
    }

    func isOpen(at descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }
}
