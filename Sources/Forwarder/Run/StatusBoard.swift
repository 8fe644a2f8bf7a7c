import Engine
import Logging
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

extension StatusBoard {
    /// One entry an output, in the order of their names.
    func log(to logger: Logger) {
        let statuses = current.sorted { $0.key < $1.key }
        if statuses.isEmpty { logger.info("no output has begun yet") }
        for (output, status) in statuses {
            logger.info(
                "output stands",
                metadata: [
                    "output": "\(output)", "received": "\(status.received)", "delivered": "\(status.delivered)",
                    "duplicates": "\(status.duplicates)", "unacknowledged": "\(status.unacknowledged)",
                    "frontier": "\(status.frontier.map { "\($0)" } ?? "none")", "gap": "\(status.gap.shortText)",
                    "lost": "\(status.lost.shortText)", "late": "\(status.late.count)",
                ])
        }
    }
}
