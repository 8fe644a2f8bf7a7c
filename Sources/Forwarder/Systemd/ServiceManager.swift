import Glibc

/// The service manager that started this process and wants to be told how it is doing.
public struct ServiceManager: Sendable, Equatable {
    /// Where it listens: a path, or `@` and an abstract name.
    let address: String
    /// Within what time it wants each sign of life after the first; `nil` where it wants none.
    let watchdog: Duration?

    /// - Parameters:
    ///   - environment: with the variables of sd_notify(3) and sd_watchdog_enabled(3).
    ///   - process: the identifier of this one.
    /// - Returns: `nil` where there is none.
    init?(environment: [String: String], process: Int32) {
        guard let address = environment["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
        self.address = address
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdog = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Takes it out of the process's environment, so that nobody who is started by this process speaks in its name. Called once, before
    /// anything runs beside it.
    public static func takenFromEnvironment() -> ServiceManager? {
        let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
        var environment: [String: String] = [:]
        for name in names {
            environment[name] = getenv(name).map { String(cString: $0) }
            unsetenv(name)
        }
        return ServiceManager(environment: environment, process: getpid())
    }
}
