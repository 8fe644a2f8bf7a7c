import AuditCore
import NIOConcurrencyHelpers

/// Where the reading of a past interval stands, for whoever wants to show it.
public struct PastStatus: Sendable, Equatable {
    /// On whole seconds.
    public internal(set) var interval: Interval?
    /// Audits that were delivered.
    public internal(set) var delivered = 0
    /// The instant before which everything was delivered, once that is known.
    public internal(set) var coveredUntil: Instant?
    /// The part of the time that is done, from 0 to 1, of all lanes.
    public internal(set) var share = 0.0
    /// Why it is waiting to try again; `nil` while it is not.
    public internal(set) var trouble: String?
}

/// The status of a reading that goes on.
public final class PastBoard: Sendable {
    private let status = NIOLockedValueBox(PastStatus())

    public init() {}

    public var current: PastStatus { status.withLockedValue { $0 } }

    func update(_ change: (inout PastStatus) -> Void) { status.withLockedValue { change(&$0) } }
}
