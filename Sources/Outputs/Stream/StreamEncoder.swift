import AuditCore
import Engine
import Formats

/// Makes the bytes of a stream out of a batch.
struct StreamEncoder: Sendable {
    let message: MessageFormat
    let framing: Framing
    /// Of one message, without its frame; what is larger is refused for good. `nil` is no limit.
    let largest: Int?

    struct Encoded {
        var bytes: [UInt8] = []
        /// Where each event ends in them.
        var ends: [Int] = []
        /// Those that are too large, by their place in the batch.
        var refused: [Int] = []
    }

    /// - Parameter start: how many of its events are left out, having been delivered already; those that are too large are not among them.
    func encode(_ batch: Batch, from start: Int) -> Encoded {
        var encoded = Encoded()
        encoded.bytes.reserveCapacity(batch.byteCount + batch.audits.count * 16)
        var buffer: [UInt8] = []
        var sound = 0
        for (place, audit) in batch.audits.enumerated() {
            buffer.removeAll(keepingCapacity: true)
            message.append(audit, of: batch.page, to: &buffer)
            if let largest, buffer.count > largest {
                encoded.refused.append(place)
                continue
            }
            sound += 1
            guard sound > start else { continue }
            framing.append(buffer, to: &encoded.bytes)
            encoded.ends.append(encoded.bytes.count)
        }
        return encoded
    }
}

/// What one message is.
enum MessageFormat: Sendable {
    /// The event alone.
    case event(Format)
    case syslog(SyslogMessage)

    func append(_ audit: RawAudit, of page: AuditPage, to buffer: inout [UInt8]) {
        switch self {
        case .event(let format): format.append(audit, of: page, to: &buffer)
        case .syslog(let message): message.append(audit, of: page, to: &buffer)
        }
    }
}
