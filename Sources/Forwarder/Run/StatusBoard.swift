import Engine
import NIOConcurrencyHelpers

/// Where every tail stands at this moment, for whoever wants to show it.
public final class StatusBoard: Sendable {
    private let statuses = NIOLockedValueBox<[String: TailStatus]>([:])

    public init() {}

    /// By the output's name.
    public var current: [String: TailStatus] { statuses.withLockedValue { $0 } }

    func set(_ status: TailStatus, of output: String) {
        statuses.withLockedValue { $0[output] = status }
    }
}
