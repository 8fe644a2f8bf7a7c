import AuditCore
import Outputs

/// Whether the certificates of a file are valid now, and for how long still.
struct CertificateCheck {
    /// Certificates that end sooner are warned of.
    static let notice = Duration.seconds(30 * 86_400)

    let file: CertificateFile
    let now: Instant

    /// Of the program's own certificates all have to be valid; of several authorities, which one a receiver's certificate is from is not known, and
    /// so only a file without any that is valid fails.
    func finding(_ subject: String) -> CheckFinding {
        let certificates = file.certificates
        let unusable = certificates.filter { !($0.begins <= now && now < $0.ends) }
        let first = file.role == .own ? unusable.first : certificates.count == unusable.count ? unusable.first : nil
        if let first {
            return .failed(
                subject, .configuration, "certificate '\(file.path)' \(trouble(first))",
                hint: "replace the file by one that is valid now")
        }
        if !unusable.isEmpty {
            return .warning(
                subject, "\(unusable.count) of the \(certificates.count) certificates in '\(file.path)' are not valid now",
                hint: "take them out, so that nobody relies on them")
        }
        guard let soonest = certificates.map(\.ends).min() else { return .ok(subject, "'\(file.path)' has no certificate") }
        if soonest - now < CertificateCheck.notice {
            return .warning(
                subject, "certificate '\(file.path)' is valid for \(days(soonest - now)) more, until \(soonest)",
                hint: "have it renewed; a file that has changed is read again for the next connection")
        }
        return .ok(subject, "certificate '\(file.path)' is valid until \(soonest)")
    }

    private func trouble(_ certificate: CertificateFile.Validity) -> String {
        certificate.ends <= now ? "has expired on \(certificate.ends)" : "is not valid before \(certificate.begins)"
    }

    private func days(_ duration: Duration) -> String {
        let days = duration.wholeMilliseconds / 86_400_000
        return days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
    }
}
