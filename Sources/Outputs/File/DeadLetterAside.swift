import Glibc
import Logging

/// The dead letters of one output, moved aside so that they can be delivered again: `<path>.replaying`, while whoever keeps new letters
/// makes a new file at `path`. Blocks its caller.
///
/// What a replay that was killed has left aside goes back first. One replay at a time works in a directory.
public final class DeadLetterAside: @unchecked Sendable {
    /// Another process replays letters of the same directory.
    public struct Busy: Error { public init() {} }

    public static func asidePath(of path: String) -> String { path + ".replaying" }

    private static let blockBytes = 1 << 20

    private let path: String
    private let directory: Directory
    /// As they stood when they were moved.
    public let lines: LineFile

    /// - Returns: `nil` where there is no letter.
    /// - Throws: `Busy`; what the kernel said.
    public static func take(_ path: String, logger: Logger) throws -> DeadLetterAside? {
        let directory = try Directory(of: path)
        let moved = asidePath(of: path)
        if access(moved, F_OK) == 0 {
            let left = DeadLetterAside(path: path, directory: directory, lines: try LineFile(moved))
            try left.finish(keeping: [.range(0..<left.lines.size)], logger: logger)
        }
        guard rename(path, moved) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError()
        }
        return DeadLetterAside(path: path, directory: directory, lines: try LineFile(moved))
    }

    private init(path: String, directory: Directory, lines: LineFile) {
        self.path = path
        self.directory = directory
        self.lines = lines
    }

    /// Puts these pieces, each whole lines, back to `path`, behind what has been kept there meanwhile; the others are gone. Killed within,
    /// it leaves every piece in one of the two files at least.
    public func finish(keeping pieces: [Piece], logger: Logger) throws {
        if !pieces.isEmpty { try makeFile() }
        let file = AppendedFile(path: path, mode: 0o600, isShared: true, logger: logger)
        defer { file.close() }
        var block: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .line(let line): block += line
            case .range(let range): try append(range, to: &block, file)
            }
            try write(&block, file, atLeast: DeadLetterAside.blockBytes)
        }
        try write(&block, file, atLeast: 1)
        guard unlink(DeadLetterAside.asidePath(of: path)) == 0 else { throw SystemError() }
        try directory.sync()
    }

    private func append(_ range: Range<Int>, to block: inout [UInt8], _ file: AppendedFile) throws {
        var rest = range
        while !rest.isEmpty {
            let lines = try lines.wholeLines(rest, atLeast: DeadLetterAside.blockBytes)
            block += lines
            // The last line of the file may have been torn.
            if block.last != UInt8(ascii: "\n") { block.append(UInt8(ascii: "\n")) }
            rest = rest.lowerBound + lines.count..<rest.upperBound
            try write(&block, file, atLeast: DeadLetterAside.blockBytes)
        }
    }

    private func write(_ block: inout [UInt8], _ file: AppendedFile, atLeast count: Int) throws {
        guard block.count >= count else { return }
        try file.append(block)
        block = []
    }

    /// For the one whose letters they are, who may be another user than the one that replays them.
    private func makeFile() throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw SystemError()
        }
        fchown(descriptor, lines.owner.user, lines.owner.group)
        close(descriptor)
    }

    /// What stays.
    public enum Piece: Sendable {
        /// One line with its end, in the place of the one that stood there.
        case line([UInt8])
        /// Whole lines of the file, as they are.
        case range(Range<Int>)
    }
}

/// The directory of a file, locked against other replays until this value goes.
private final class Directory {
    private let descriptor: Int32

    init(of path: String) throws {
        let name = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        descriptor = try uninterrupted { open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw DeadLetterAside.Busy() }
    }

    deinit { close(descriptor) }

    func sync() throws { _ = try uninterrupted { fsync(descriptor) } }
}
