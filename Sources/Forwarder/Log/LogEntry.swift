import Logging

/// One entry of the program's own log.
struct LogEntry: Sendable {
    let level: Logger.Level
    /// A constant sentence.
    let message: String
    /// What differs from one entry to the next.
    var metadata: Logger.Metadata

    /// Says that something works again: metadata `state` with the value `recovered`.
    var isRecovery: Bool { metadata["state"].map { "\($0)" == "recovered" } ?? false }
}
