/// Which batches of one connection count as delivered. Plain TCP has no answer from the application; this is the strongest evidence
/// that the kernel has.
///
/// The peer's kernel acknowledging a byte says that the byte is in the peer's receive buffer, which dies unread when the receiver resets the
/// connection. So an acknowledged byte is not enough. A batch is confirmed when the peer's kernel acknowledged all of it and
/// - it has since acknowledged so much more that the batch cannot be in the receive buffer any longer: the largest window that the peer's
///   scale can announce (RFC 7323 section 2), or
/// - the connection stayed sound for `settle` since the acknowledgement, or
/// - the connection was closed in order after our half close: a peer answers FIN when it has read to the end, and RST when it has not.
///
/// When a connection breaks, everything that is not confirmed is delivered again.
struct Confirmation<Item> {
    private struct Entry {
        let end: UInt64
        let item: Item
        var acknowledgedAt: Duration?
    }

    private let settle: Duration
    private var entries: [Entry] = []
    private var sent: UInt64 = 0

    init(settle: Duration) { self.settle = settle }

    var isEmpty: Bool { entries.isEmpty }

    /// `byteCount` more bytes were handed to the connection, which make up `item`.
    mutating func sent(_ byteCount: Int, _ item: Item) {
        sent += UInt64(byteCount)
        entries.append(Entry(end: sent, item: item, acknowledgedAt: nil))
    }

    /// The peer's kernel has acknowledged the first `acknowledged` bytes of the connection, which is sound.
    /// - Returns: what is confirmed by that, in the order of sending.
    mutating func progressed(to acknowledged: UInt64, largestWindow: UInt64, at now: Duration) -> [Item] {
        var confirmed = 0
        for index in entries.indices {
            let entry = entries[index]
            guard entry.end <= acknowledged else { break }
            let since = entry.acknowledgedAt ?? now
            entries[index].acknowledgedAt = since
            if acknowledged - entry.end >= largestWindow || now - since >= settle { confirmed = index + 1 }
        }
        return take(confirmed)
    }

    /// The peer closed in order after our half close, having acknowledged the first `acknowledged` bytes.
    mutating func closedInOrder(at acknowledged: UInt64) -> [Item] {
        take(entries.prefix { $0.end <= acknowledged }.count)
    }

    /// The connection has gone.
    /// - Returns: what has to be delivered again.
    mutating func broken() -> [Item] { take(entries.count) }

    private mutating func take(_ count: Int) -> [Item] {
        defer { entries.removeFirst(count) }
        return entries.prefix(count).map(\.item)
    }
}
