import AuditCore
import NIOConcurrencyHelpers

/// Where a backfill stands, for whoever wants to show it.
public struct BackfillStatus: Sendable, Equatable {
    /// What is read, once that is known.
    public internal(set) var interval: Interval?
    /// Audits that were printed.
    public internal(set) var printed = 0
    /// The instant before which everything was printed; a later backfill can begin there.
    public internal(set) var coveredUntil: Instant?
    /// How far the window that is being read has come, by the audits of its last page.
    public internal(set) var reached: Instant?
    /// Why it is waiting to try again; `nil` while it is not.
    public internal(set) var trouble: String?

    /// The part of the interval that is done, from 0 to 1.
    public var share: Double {
        guard let interval, !interval.isEmpty else { return 0 }
        let place = max(reached ?? interval.start, coveredUntil ?? interval.start)
        return min(1, max(0, (place - interval.start).inSeconds / interval.duration.inSeconds))
    }
}

/// The status of a backfill that goes on.
public final class BackfillBoard: Sendable {
    private let status = NIOLockedValueBox(BackfillStatus())

    public init() {}

    public var current: BackfillStatus { status.withLockedValue { $0 } }

    func update(_ change: (inout BackfillStatus) -> Void) { status.withLockedValue { change(&$0) } }
}
