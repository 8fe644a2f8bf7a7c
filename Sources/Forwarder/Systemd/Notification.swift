import AuditCore

/// What a service tells the manager that started it, in the words of sd_notify(3).
enum Notification: Sendable, Equatable {
    case ready
    /// One line for people.
    case status(String)
    /// The manager's wait for a sign of life begins anew.
    case watchdog
    /// Another `ready` ends it.
    /// - Parameter monotonic: when it began, by CLOCK_MONOTONIC.
    case reloading(monotonic: Duration)
    case stopping

    /// One datagram.
    var text: String {
        switch self {
        case .ready: "READY=1"
        case .status(let line): "STATUS=\(line)"
        case .watchdog: "WATCHDOG=1"
        case .reloading(let monotonic): "RELOADING=1\nMONOTONIC_USEC=\(monotonic.wholeMicroseconds)"
        case .stopping: "STOPPING=1"
        }
    }

    /// Whether the other one says all that this one says, and later.
    func isOutdated(by other: Notification) -> Bool {
        switch (self, other) {
        case (.ready, .ready), (.status, .status), (.watchdog, .watchdog), (.reloading, .reloading), (.stopping, .stopping): true
        default: false
        }
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
