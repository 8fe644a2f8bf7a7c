import Foundation
import NIOConcurrencyHelpers

/// The file in which a receiver stores events, a JSON object a line.
///
/// A receiver that was killed, or whose disk was full, leaves a piece of a line behind, and writes the next event directly after it: what is
/// whole in such a line counts, the piece does not.
final class EventFile: Sendable {
    private struct State {
        var end = 0
        var deliveries: [Delivery] = []
        var ids: Set<String> = []
    }

    let path: String
    private let start: String
    private let message: @Sendable (_ fields: [String: JSONValue]) -> String?
    private let audit: @Sendable (_ fields: [String: Any]) -> String?
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - start: what every line begins with, and what stands nowhere else in one.
    ///   - message: the event's text.
    ///   - audit: the id of the audit in an event.
    init(
        _ path: String, linesStarting start: String, message: @escaping @Sendable (_ fields: [String: JSONValue]) -> String?,
        audit: @escaping @Sendable (_ fields: [String: Any]) -> String?
    ) {
        self.path = path
        self.start = start
        self.message = message
        self.audit = audit
    }

    /// Every whole event, in order.
    func events() throws -> [StoredEvent] {
        let decoder = JSONDecoder()
        return lines(from: 0).lines.compactMap { line, _ in
            let fields = whole(in: line) { try? decoder.decode([String: JSONValue].self, from: $0) }
            return fields.map { StoredEvent(fields: $0, message: message($0) ?? "") }
        }
    }

    /// Every audit in a whole event, in order; a delivery's position is the byte after its line.
    var deliveries: [Delivery] {
        look()
        return state.withLockedValue { $0.deliveries }
    }

    var position: Int { lines(from: state.withLockedValue { $0.end }).end }

    /// Returns when all of these ids have come, or when the task is cancelled.
    func received(_ wanted: Set<String>) async throws {
        while !Task.isCancelled {
            look()
            if state.withLockedValue({ wanted.isSubset(of: $0.ids) }) { return }
            // How often it is looked at; nothing depends on it.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Returns when there are so many events, or when the task is cancelled.
    func received(_ count: Int) async throws -> [StoredEvent] {
        var events = try events()
        while events.count < count {
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(20))
            events = try self.events()
        }
        return events
    }

    private func look() {
        state.withLockedValue { state in
            let (lines, end) = lines(from: state.end)
            state.end = end
            for (line, position) in lines {
                let fields = whole(in: line) { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
                guard let id = fields.flatMap(audit) else { continue }
                state.deliveries.append(Delivery(id: id, position: position))
                state.ids.insert(id)
            }
        }
    }

    /// The lines from a byte on, each with the byte after it, and the byte after the last; nothing where there is no such file.
    private func lines(from start: Int) -> (lines: [(Data, Int)], end: Int) {
        guard let file = FileHandle(forReadingAtPath: path) else { return ([], start) }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: UInt64(start))) != nil, let data = try? file.readToEnd() else { return ([], start) }
        return data.withUnsafeBytes { bytes in
            var (lines, position): ([(Data, Int)], Int) = ([], 0)
            while let base = bytes.baseAddress, let newline = memchr(base + position, 0x0a, bytes.count - position) {
                let end = UnsafeRawPointer(newline) - base
                lines.append((Data(bytes[position..<end]), start + end + 1))
                position = end + 1
            }
            return (lines, start + position)
        }
    }

    private func whole<Value>(in line: Data, _ decode: (Data) -> Value?) -> Value? {
        if let value = decode(line) { return value }
        var rest = line.dropFirst()
        while let piece = rest.range(of: Data(start.utf8)) {
            rest = rest[piece.lowerBound...]
            if let value = decode(Data(rest)) { return value }
            rest = rest.dropFirst()
        }
        return nil
    }
}
