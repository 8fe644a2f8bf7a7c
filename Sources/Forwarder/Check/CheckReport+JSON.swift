import AuditCore

extension CheckReport {
    /// For machines: one object with `verdict`, `exit_status` and `findings`, each of which has `subject`, `verdict` and `seen`; where something
    /// is to be done a `hint`, and where it failed an `exit_status`.
    public var json: String {
        let document = Document(
            verdict: worst.rawValue, exitStatus: status,
            findings: findings.map {
                .init(
                    subject: $0.subject, verdict: $0.verdict.rawValue, seen: $0.seen, hint: $0.hint, exitStatus: $0.code?.status)
            })
        return MachineText.snakeCaseJSON(document)
    }

    private var worst: CheckFinding.Verdict {
        if code != nil { return .failed }
        return count(.warning) > 0 ? .warning : .ok
    }

    private struct Document: Encodable {
        struct Finding: Encodable {
            let subject: String
            let verdict: String
            let seen: String
            let hint: String?
            let exitStatus: Int32?
        }

        let verdict: String
        let exitStatus: Int32
        let findings: [Finding]
    }
}
