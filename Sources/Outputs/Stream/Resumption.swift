import NIOConcurrencyHelpers

/// How many events of a batch were confirmed before its connection broke: delivered again, it begins behind them.
final class Resumption: Sendable {
    private let confirmed = NIOLockedValueBox<[Int: Int]>([:])

    /// - Parameter count: of the events that were sent then, which may have begun behind others already.
    func note(_ sequence: Int, confirmed count: Int) {
        guard count > 0 else { return }
        confirmed.withLockedValue { $0[sequence, default: 0] += count }
    }

    /// How many events of the batch need no delivery.
    func taken(of sequence: Int) -> Int { confirmed.withLockedValue { $0[sequence] ?? 0 } }

    /// The batch has its last answer.
    func forget(_ sequence: Int) { confirmed.withLockedValue { $0[sequence] = nil } }
}
