import Glibc

/// A file of lines as it stands at one moment, read from its beginning. Blocks its caller, and has one at a time.
public final class LineFile: @unchecked Sendable {
    /// A line that is longer is no line.
    public static let longestLine = 64 << 20
    private static let chunkBytes = 256 << 10

    public struct Line {
        /// Counted from 1.
        public let number: Int
        /// Where it stands in the file, with its end.
        public let range: Range<Int>
        /// Without its end; `nil` where it is longer than `longestLine`.
        public let bytes: [UInt8]?
    }

    private let descriptor: Int32
    /// Bytes of the file. What is appended later is not read.
    public let size: Int
    /// The owner of the file.
    let owner: (user: uid_t, group: gid_t)
    private var buffer: [UInt8] = []
    /// Where the buffer begins in the file.
    private var offset = 0
    /// Within the buffer: where the line begins, and up to where it was looked at.
    private var begin = 0
    private var scanned = 0
    /// Bytes of the line that were dropped, since it is too long.
    private var dropped = 0
    private var number = 0

    /// Waits for an append that is under way.
    public init(_ path: String) throws {
        let descriptor = try uninterrupted { open(path, O_RDONLY | O_CLOEXEC) }
        self.descriptor = descriptor
        while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        owner = (status.st_uid, status.st_gid)
        flock(descriptor, LOCK_UN)
    }

    deinit { close(descriptor) }

    /// The next line; the last one may have no end. `nil` behind it.
    public func next() throws -> Line? {
        while true {
            if let newline = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) { return take(newline, end: newline + 1) }
            refill()
            let chunk = try read(offset + buffer.count..<size, atMost: LineFile.chunkBytes)
            if chunk.isEmpty { return buffer.count + dropped > 0 ? take(buffer.count, end: buffer.count) : nil }
            buffer += chunk
        }
    }

    /// At least so many bytes of a range, up to a line end, or all of it.
    func wholeLines(_ range: Range<Int>, atLeast count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < range.count {
            let chunk = try read(range.lowerBound + bytes.count..<range.upperBound, atMost: LineFile.chunkBytes)
            guard !chunk.isEmpty else { throw SystemError(EIO) }
            let start = bytes.count
            bytes += chunk
            guard bytes.count >= count else { continue }
            if let newline = bytes[start...].lastIndex(of: UInt8(ascii: "\n")) { return Array(bytes[...newline]) }
        }
        return bytes
    }

    private func take(_ last: Int, end: Int) -> Line {
        number += 1
        let line = Line(
            number: number, range: offset + begin - dropped..<offset + end,
            bytes: dropped > 0 ? nil : Array(buffer[begin..<last]))
        begin = end
        scanned = end
        dropped = 0
        return line
    }

    /// Keeps of the buffer only the line that is not whole, and nothing of one that is too long.
    private func refill() {
        let length = buffer.count - begin
        let isTooLong = dropped > 0 || length > LineFile.longestLine
        if isTooLong { dropped += length }
        let kept = isTooLong ? 0 : length
        offset += buffer.count - kept
        buffer.removeSubrange(..<(buffer.count - kept))
        begin = 0
        scanned = kept
    }

    private func read(_ range: Range<Int>, atMost count: Int) throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: min(range.count, count))
        let read = try uninterrupted { pread(descriptor, &chunk, chunk.count, off_t(range.lowerBound)) }
        chunk.removeSubrange(read...)
        return chunk
    }
}
