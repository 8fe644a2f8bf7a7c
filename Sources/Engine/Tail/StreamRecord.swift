import AuditCore

/// What the program says of itself in the stream of audits, for whoever reads that alone: one JSON object, which the member `auditferry`
/// tells from an audit.
enum StreamRecord {
    /// Sent every so often, so that silence is alarming, and so is a `followed_until` that stands still.
    case heartbeat(TailStatus)
    /// Time that no endpoint gives any more.
    case gap(Lane, Interval)

    /// The record alone on a page.
    func page(of output: String, at now: Instant) -> AuditPage {
        let bytes = Array("{\(head(output, now)),\(members)}".utf8)
        return AuditPage(
            bytes: bytes, audits: [RawAudit(id: nil, instant: now, start: 0, end: bytes.count, hasWhitespace: false)])
    }

    private func head(_ output: String, _ now: Instant) -> String {
        let kind =
            switch self {
            case .heartbeat: "heartbeat"
            case .gap: "gap"
            }
        return "\"auditferry\":\"\(kind)\",\"time\":\"\(now.text)\",\"output\":\(JSONText.quoted(output))"
    }

    private var members: String {
        switch self {
        case .heartbeat(let status):
            let covered = status.frontier.map { "\"\($0.text)\"" } ?? "null"
            return "\"followed_until\":\(covered),\"delivered\":\(status.delivered),\"unacknowledged\":\(status.unacknowledged),"
                + "\"gap_seconds\":\(status.gap.wholeSeconds),\"lost_seconds\":\(status.lost.wholeSeconds)"
        case .gap(let lane, let interval):
            return "\"lane\":\(JSONText.quoted(lane.description)),\"start\":\"\(interval.start.text)\","
                + "\"end\":\"\(interval.end.text)\",\"seconds\":\(interval.duration.wholeSeconds)"
        }
    }
}

extension Duration {
    fileprivate var wholeSeconds: Int64 { components.seconds }
}
