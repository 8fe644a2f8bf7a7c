import AuditCore
import Forwarder

/// A flag that is an instant.
func instant(_ flag: String, _ text: String) throws(Failure) -> Instant {
    guard let instant = Instant(text) else {
        throw Failure(.usage, "\(flag): '\(text)' is no instant", hint: "write it as 2026-03-02T08:15:04Z")
    }
    return instant
}

extension StandardError {
    /// A sentence beside the work of a command.
    static func note(_ text: String) { write("auditferry: note: \(text)\n") }
}
