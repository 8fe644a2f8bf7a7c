import AuditCore
import Engine
import Logging

/// Tells the log what the tails report, and the status board where they stand.
///
/// Levels: info is what was asked for, happening; warning is unexpected, nothing is lost and the program recovers by itself; error is
/// data lost, or somebody has to act. That something works again is said as a warning, with `state` as `recovered`: it has to be seen
/// wherever the trouble was.
struct TailLog: TailObserver {
    let logger: Logger
    let board: StatusBoard

    func tail(_ output: String, stands status: TailStatus) { board.set(status, of: output) }

    func tail(_ output: String, reported report: TailReport) {
        var logger = logger
        logger[metadataKey: "output"] = "\(output)"
        switch report {
        case .lanes(let lanes):
            logger.info("reading", metadata: ["lanes": "\(lanes.map(\.description).joined(separator: ","))"])
        case .readFailing(let lane, let failure, let wait):
            // What was refused stays so until somebody acts.
            let level: Logger.Level = failure.isRefusal ? .error : .warning
            logger.log(level: level, "the API could not be read", metadata: retry(failure.reason, wait, lane))
        case .readRecovered(let lane):
            logger.warning("the API can be read again", metadata: ["lane": "\(lane)", "state": "recovered"])
        case .windowRepeated(let lane, let window, let reason):
            logger.debug("a window is read again", metadata: place(lane, window, reason))
        case .windowSplit(let lane, let window, let reason):
            logger.debug("a window is shortened", metadata: place(lane, window, reason))
        case .outputFailing(let reason, let wait):
            logger.warning("the output refused a delivery", metadata: retry(reason, wait, nil))
        case .outputRecovered:
            logger.warning("the output takes deliveries again", metadata: ["state": "recovered"])
        case .abandoned(let count, let reason):
            logger.warning(
                "stopped while the output refuses; what was read will be read again",
                metadata: ["audits": "\(count)", "reason": "\(reason)"])
        case .storeFailing(let reason, let wait):
            logger.error("the offset file could not be used", metadata: retry(reason, wait, nil))
        case .storeRecovered:
            logger.warning("the offset file can be used again", metadata: ["state": "recovered"])
        case .beyondRetention(let lane, let gap):
            logger.error(
                "a gap is older than the API reaches; its audits cannot be delivered any more",
                metadata: ["lane": "\(lane)", "gap": "\(gap)"])
        }
    }

    private func retry(_ reason: String, _ wait: Duration, _ lane: Lane?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["reason": "\(reason)", "retry_in": "\(wait.shortText)"]
        if let lane { metadata["lane"] = "\(lane)" }
        return metadata
    }

    private func place(_ lane: Lane, _ window: Interval, _ reason: String) -> Logger.Metadata {
        ["lane": "\(lane)", "window": "\(window)", "reason": "\(reason)"]
    }
}

extension ReadFailure {
    fileprivate var isRefusal: Bool {
        if case .refused = self { return true }
        return false
    }
}

extension Duration {
    /// For people: whole milliseconds below a second, else seconds with one digit.
    var shortText: String {
        let tenths = wholeMilliseconds / 100
        return self < .seconds(1) ? "\(wholeMilliseconds)ms" : "\(tenths / 10).\(tenths % 10)s"
    }
}
