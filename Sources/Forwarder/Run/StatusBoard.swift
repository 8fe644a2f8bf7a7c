import Engine
import Logging
import NIOConcurrencyHelpers

/// Where every output's tail stands at this moment, for whoever wants to show it.
public final class StatusBoard: Sendable {
    private struct Standing {
        /// What the tails before have counted.
        var earlier = TailStatus()
        var current = TailStatus()

        var status: TailStatus { current.counted(after: earlier) }
    }

    private let standings = NIOLockedValueBox<[String: Standing]>([:])

    public init() {}

    /// By the output's name. Counts are those of all its tails since the start of the run.
    public var current: [String: TailStatus] { standings.withLockedValue { $0.mapValues(\.status) } }

    func set(_ status: TailStatus, of output: String) {
        standings.withLockedValue { $0[output, default: Standing()].current = status }
    }

    /// Another tail counts from nothing for this output.
    func restarts(_ output: String) {
        standings.withLockedValue { standings in
            guard let standing = standings[output] else { return }
            standings[output] = Standing(earlier: standing.status)
        }
    }

    /// It is no output of the run any more.
    func remove(_ output: String) { standings.withLockedValue { $0[output] = nil } }
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
