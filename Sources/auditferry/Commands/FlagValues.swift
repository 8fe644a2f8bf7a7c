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

/// The past interval that `--from` and `--to` name.
func pastInterval(from: String, to: String) throws(Failure) -> Interval {
    let (first, last) = (try instant("--from", from), try instant("--to", to))
    guard first < last else {
        throw Failure(
            .usage, "--to: '\(to)' is not after --from, which is '\(from)'", hint: "give a later instant, or an earlier --from")
    }
    return Interval(first, last)
}
