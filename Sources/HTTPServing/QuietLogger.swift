import Logging

extension Logger {
    /// Writes nothing: requests are no news to whoever runs a server of ours.
    public static func quiet(_ label: String) -> Logger {
        var logger = Logger(label: label) { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }
}
