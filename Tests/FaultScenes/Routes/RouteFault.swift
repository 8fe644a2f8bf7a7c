/// What goes wrong on the way to a real receiver.
package enum RouteFault: String, Sendable, CaseIterable {
    case killed
    case stopped
    case stoppedAndKilled = "stopped-and-killed"
    case restarted
    case resets
    case standstill
    case certificate
    case full

    package var meaning: String {
        switch self {
        case .killed: "the receiver is killed (SIGKILL) at 3 random moments and started again"
        case .stopped: "the receiver is stopped (SIGSTOP) for 3 s while 9 MiB wait for it"
        case .stoppedAndKilled: "the receiver is stopped for 3 s while 9 MiB wait for it, and then killed"
        case .restarted: "the receiver is ended (SIGTERM) at 3 random moments and started again"
        case .resets: "the connection is reset after 10 random numbers of bytes"
        case .standstill: "the way between the program and the receiver stands still for 3 s"
        case .certificate: "the receiver shows a certificate for another host for 1 s, and one of an unknown authority"
        case .full: "the receiver's disk is full for 2 s"
        }
    }
}
