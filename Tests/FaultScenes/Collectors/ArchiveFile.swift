import Foundation

/// A file of lines that somebody else appends to; a delivery's position is the byte after its line.
package struct ArchiveFile: Collector {
    /// No line is longer.
    private static let longestLine = 64 << 10

    package let path: String

    package init(_ path: String) { self.path = path }

    package var definition: String { "type: file, path: \(path), retry: {first: 50ms, most: 200ms}" }
    package var deliveries: [Delivery] { get throws { try read(from: 0).deliveries } }

    /// The end of the last whole line: a piece of one may follow, which is taken back.
    package var position: Int {
        get throws {
            let size = try FileHandle(forReadingAtPath: path)?.seekToEnd() ?? 0
            return try read(from: max(0, Int(size) - ArchiveFile.longestLine)).end
        }
    }

    package func received(_ wanted: Set<String>) async throws {
        var missing = wanted
        var (end, restedAt) = (0, 0)
        while !missing.isEmpty, !Task.isCancelled {
            let (deliveries, next) = try read(from: end)
            missing.subtract(deliveries.map(\.id))
            // What was written in part is taken back, and other bytes may stand there when this looks again: once at rest it is read as a whole.
            let rests = next == end && next != restedAt
            if rests { restedAt = next }
            end = rests ? 0 : next
            // How often it is looked at; nothing depends on it.
            if !missing.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        }
    }

    /// What stands in the whole lines from a byte on, and the byte after them; nothing where there is no such file.
    private func read(from start: Int) throws -> (deliveries: [Delivery], end: Int) {
        guard let file = FileHandle(forReadingAtPath: path) else { return ([], 0) }
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(start))
        return try (file.readToEnd() ?? Data()).withUnsafeBytes { bytes in
            var (deliveries, position): ([Delivery], Int) = ([], 0)
            while let base = bytes.baseAddress, let newline = memchr(base + position, 0x0a, bytes.count - position) {
                let end = UnsafeRawPointer(newline) - base
                let line = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[position..<end]), as: UTF8.self)
                position = end + 1
                if let id = Delivery.id(ofLine: line) { deliveries.append(Delivery(id: id, position: start + position)) }
            }
            return (deliveries, start + position)
        }
    }
}
