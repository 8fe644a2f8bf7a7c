/// Which batches of one connection count as delivered. Plain TCP has no answer from the application; this is the strongest evidence
/// that the kernel has.
///
/// The peer's kernel acknowledging a byte says that the byte is in the peer's receive buffer, which dies unread when the receiver resets the
/// connection. So an acknowledged byte is not enough. A byte is confirmed when the peer's kernel acknowledged it and
/// - it has since acknowledged so much more that the byte cannot be in the receive buffer any longer: the largest window that the peer's
///   scale can announce (RFC 7323 section 2), or
/// - the connection stayed sound for `settle` since the acknowledgement, or
/// - the connection was closed in order after our half close: a peer answers FIN when it has read to the end, and RST when it has not.
///
/// What an application has read and not stored is out of reach, and so is, over TLS, what its library has read when it begins to close by itself
/// at the very moment of our half close.
///
/// When a connection breaks, everything that is not confirmed is delivered again. Positions are those of the bytes on the wire.
struct Confirmation<Item> {
    private struct Entry {
        let start: UInt64
        let end: UInt64
        let item: Item
    }

    private let settle: Duration
    private var entries: [Entry] = []
    private var sent: UInt64 = 0
    private var confirmed: UInt64 = 0
    /// When the acknowledged position was first seen where it then was; ascending in both.
    private var sightings: [(acknowledged: UInt64, at: Duration)] = []

    init(settle: Duration) { self.settle = settle }

    var isEmpty: Bool { entries.isEmpty }

    /// The bytes up to `end`, since the last call, were handed to the connection, and make up `item`.
    mutating func sent(upTo end: UInt64, _ item: Item) {
        entries.append(Entry(start: sent, end: end, item: item))
        sent = end
    }

    /// The peer's kernel has acknowledged the first `acknowledged` bytes of the connection, which is sound.
    /// - Parameter needsClose: only a close in order confirms anything now.
    /// - Returns: what is confirmed by that, in the order of sending.
    mutating func progressed(to acknowledged: UInt64, largestWindow: UInt64, needsClose: Bool, at now: Duration) -> [Item] {
        if sightings.last.map({ $0.acknowledged < acknowledged }) ?? true { sightings.append((acknowledged, now)) }
        guard !needsClose else { return [] }
        if acknowledged > largestWindow { confirmed = max(confirmed, acknowledged - largestWindow) }
        while let first = sightings.first, now - first.at >= settle {
            confirmed = max(confirmed, first.acknowledged)
            sightings.removeFirst()
        }
        return take(upTo: confirmed)
    }

    /// The peer closed in order after our half close, having acknowledged the first `acknowledged` bytes.
    mutating func closedInOrder(at acknowledged: UInt64) -> [Item] {
        confirmed = max(confirmed, acknowledged)
        return take(upTo: acknowledged)
    }

    /// The connection has gone.
    /// - Returns: what has to be delivered again, and how many of its first bytes are confirmed all the same.
    mutating func broken() -> [(item: Item, confirmed: UInt64)] {
        let rest = entries.map { (item: $0.item, confirmed: confirmed > $0.start ? confirmed - $0.start : 0) }
        entries = []
        return rest
    }

    private mutating func take(upTo position: UInt64) -> [Item] {
        let items = entries.prefix { $0.end <= position }.map(\.item)
        entries.removeFirst(items.count)
        return items
    }
}
