import Glibc
import Logging

/// A file that only ever grows by whole lines, each synced before `append` returns. Called from one thread at a time.
public final class AppendedFile: @unchecked Sendable {
    /// How far back the last line end is looked for: an event is never larger.
    private static let longestLine = 64 << 20
    private static let blockBytes = 64 << 10

    private let path: String
    private let mode: mode_t
    private let logger: Logger
    private var descriptor: Int32 = -1
    private var isRegular = true

    public init(path: String, mode: UInt32, logger: Logger) {
        self.path = path
        self.mode = mode
        self.logger = logger
    }

    deinit { close() }

    /// Writes the lines and syncs them. What was written in part is taken back before it throws.
    public func append(_ lines: [UInt8]) throws {
        if descriptor < 0 {
            do {
                try open()
            } catch {
                // Half opened is not open: the torn line has to be looked for again.
                close()
                throw error
            }
        }
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

    private func open() throws {
        descriptor = try uninterrupted { Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, mode) }
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
