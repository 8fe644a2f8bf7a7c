import Glibc
import Logging

/// A file that only ever grows by whole lines, each synced before `append` returns. Called from one thread at a time.
public final class AppendedFile: @unchecked Sendable {
    /// How far back the last line end is looked for: an event is never larger.
    private static let longestLine = 64 << 20
    private static let blockBytes = 64 << 10

    private let path: String
    private let mode: mode_t
    private let isShared: Bool
    private let logger: Logger
    private var descriptor: Int32 = -1
    private var isRegular = true

    /// - Parameter isShared: whether others may append to it as well or move it away (`DeadLetterAside`): it is locked while it is
    ///   appended to, and opened anew where its name has come to mean another file.
    public init(path: String, mode: UInt32, isShared: Bool = false, logger: Logger) {
        self.path = path
        self.mode = mode
        self.isShared = isShared
        self.logger = logger
    }

    deinit { close() }

    /// Writes the lines and syncs them. What was written in part is taken back before it throws.
    public func append(_ lines: [UInt8]) throws {
        try prepare()
        // Closing gives the lock back as well.
        defer { if isShared, descriptor >= 0 { flock(descriptor, LOCK_UN) } }
        let end = isRegular ? try size() : 0
        do {
            try write(lines)
            if isRegular { _ = try uninterrupted { fdatasync(descriptor) } }
        } catch {
            if isRegular { ftruncate(descriptor, end) }
            close()
            throw error
        }
    }

    public func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func prepare() throws {
        do {
            if isShared, descriptor >= 0 { try lock() }
            if descriptor < 0 { try open() }
        } catch {
            // Half opened is not open: the torn line has to be looked for again.
            close()
            throw error
        }
    }

    /// Locks the file that is open, or closes it where it is not what its name means: only under the lock does that stay so.
    private func lock() throws {
        _ = try uninterrupted { flock(descriptor, LOCK_EX) }
        var (opened, named) = (stat(), stat())
        guard fstat(descriptor, &opened) == 0 else { throw SystemError() }
        if stat(path, &named) != 0 || named.st_dev != opened.st_dev || named.st_ino != opened.st_ino { close() }
    }

    private func open() throws {
        repeat {
            descriptor = try uninterrupted { Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, mode) }
            if isShared { try lock() }
        } while descriptor < 0
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError() }
        isRegular = status.st_mode & S_IFMT == S_IFREG
        guard isRegular else { return }
        try cutTornLine()
        try syncDirectory()
    }

    /// A crash may have left a piece of a line at the end.
    private func cutTornLine() throws {
        let end = try size()
        let whole = try endOfLastLine(before: end)
        guard whole < end else { return }
        logger.warning(
            "file ended in a torn line, which was cut; its event comes again",
            metadata: ["path": "\(path)", "bytes": "\(end - whole)"])
        guard ftruncate(descriptor, whole) == 0 else { throw SystemError() }
    }

    private func endOfLastLine(before end: off_t) throws -> off_t {
        var position = end
        var block = [UInt8](repeating: 0, count: AppendedFile.blockBytes)
        while position > 0, end - position < off_t(AppendedFile.longestLine) {
            let start = max(0, position - off_t(block.count))
            let count = try uninterrupted { pread(descriptor, &block, Int(position - start), start) }
            if let newline = block[..<count].lastIndex(of: UInt8(ascii: "\n")) { return start + off_t(newline) + 1 }
            position = start
        }
        // No line end within reach: not a file of lines, or one torn line alone.
        return position == 0 ? 0 : end
    }

    private func write(_ lines: [UInt8]) throws {
        try lines.withUnsafeBytes { buffer in
            var position = 0
            while position < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[position...])
                position += try uninterrupted { Glibc.write(descriptor, rest.baseAddress, rest.count) }
            }
        }
    }

    private func size() throws -> off_t {
        try uninterrupted { lseek(descriptor, 0, SEEK_END) }
    }

    /// Makes the name itself durable.
    private func syncDirectory() throws {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let handle = try uninterrupted { Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { Glibc.close(handle) }
        _ = try uninterrupted { fsync(handle) }
    }
}
