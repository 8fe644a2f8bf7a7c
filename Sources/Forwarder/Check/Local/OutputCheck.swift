import AuditCore
import Outputs

/// What can be said of an output without asking anybody: what its acknowledgement means, what others can see of it, and whether its files
/// can be used.
struct OutputCheck {
    let definition: OutputDefinition
    /// This machine's time, which certificates are judged by.
    let now: Instant

    private var subject: String { CheckFinding.output(definition.name) }

    func findings() -> [CheckFinding] {
        let promise = "\(definition.destination), guarantee \(definition.guarantee.rawValue): an audit counts as delivered when "
        let unwise =
            definition.warnings.map { CheckFinding.warning(subject, $0) } + [ExposureCheck.finding(definition)].compactMap(\.self)
        return [.ok(subject, promise + definition.delivered)] + unwise + tls() + [deadLetters].compactMap(\.self)
    }

    /// What an output refuses for good waits until it can be set apart, and everything behind it too. Unless they are named, dead letters are
    /// beside the offset file, whose directory is looked at anyway.
    private var deadLetters: CheckFinding? {
        guard let path = definition.deadLetterPath else { return nil }
        guard let obstacle = WritableFile.obstacle(to: path) else { return .ok(subject, "dead letters can be kept in '\(path)'") }
        return .failed(
            subject, .unreachable, "dead letters cannot be kept in '\(path)': \(obstacle)",
            hint: "make its directory, and let this user write to it; or correct 'dead_letter'")
    }

    private func tls() -> [CheckFinding] {
        guard let tls = definition.tls else { return [] }
        do throws(TLSFileFailure) {
            try definition.checkFiles()
            let files = try tls.certificateFiles()
            let validity = files.map { CertificateCheck(file: $0, now: now).finding(subject) }
            return validity + [keyPermission(tls.privateKeyFile)].compactMap(\.self)
        } catch {
            return [
                .failed(
                    subject, .configuration, "\(error)",
                    hint: "correct the output's 'tls'; its files have to be in PEM, and this user has to be able to read them")
            ]
        }
    }

    private func keyPermission(_ path: String?) -> CheckFinding? {
        guard let path, FileMode(of: path)?.isReadableByAll == true else { return nil }
        return .warning(
            subject, "private key '\(path)' can be read by every user of this machine", hint: "chmod o-r '\(path)'")
    }
}
