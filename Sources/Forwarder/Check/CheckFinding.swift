import AuditCore

/// What one look at something came to.
///
/// Texts are lower case, without a full stop; none ever holds a secret or an event's content.
public struct CheckFinding: Sendable, Equatable {
    public enum Verdict: String, Sendable, CaseIterable {
        case ok, warning, failed
        /// It was not looked at; `seen` says why not.
        case skipped
    }

    /// What was looked at, in a word or two: `offset file`, `output siem`.
    public let subject: String
    public let verdict: Verdict
    /// What was seen.
    public let seen: String
    /// What to do; always there where something failed.
    public let hint: String?
    /// With which exit status a run would end for it, or another command; `nil` where nothing failed.
    public let code: Failure.Code?

    private init(_ subject: String, _ verdict: Verdict, _ seen: String, hint: String? = nil, code: Failure.Code? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.seen = seen
        self.hint = hint
        self.code = code
    }

    static func ok(_ subject: String, _ seen: String) -> CheckFinding { CheckFinding(subject, .ok, seen) }
    static func skipped(_ subject: String, _ why: String) -> CheckFinding { CheckFinding(subject, .skipped, why) }

    /// - Parameter hint: `nil` where `seen` says it already.
    static func warning(_ subject: String, _ seen: String, hint: String? = nil) -> CheckFinding {
        CheckFinding(subject, .warning, seen, hint: hint)
    }

    static func failed(_ subject: String, _ code: Failure.Code, _ seen: String, hint: String) -> CheckFinding {
        CheckFinding(subject, .failed, seen, hint: hint, code: code)
    }

    /// One for each problem of a failure.
    static func failed(_ subject: String, _ failure: Failure) -> [CheckFinding] {
        failure.problems.map { failed(subject, failure.code, $0, hint: failure.hint) }
    }
}

extension CheckFinding {
    /// The subject of an output's findings.
    static func output(_ name: String) -> String { "output \(name)" }
}
