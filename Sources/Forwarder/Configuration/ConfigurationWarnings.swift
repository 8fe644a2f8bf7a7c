import Logging

extension Logger {
    /// Says what is unwise in a configuration that was loaded, an entry each.
    public func warn(of warnings: [String]) {
        for warning in warnings {
            self.warning("the configuration has something unwise in it", metadata: ["what": "\(warning)"])
        }
    }
}
