import Glibc

/// The configuration that was loaded: what it came from, and what is unwise in it.
struct ConfigurationCheck {
    private static let subject = "configuration"

    let configuration: ForwarderConfiguration
    /// Of the loading.
    let warnings: [String]

    func findings() -> [CheckFinding] {
        let count = configuration.outputs.count
        let source = configuration.source.map { "'\($0)'" } ?? "no file: the environment and the flags alone"
        let valid = CheckFinding.ok(
            ConfigurationCheck.subject,
            "\(source), \(count == 1 ? "1 output" : "\(count) outputs"), no errors, for user id \(geteuid())")
        return [valid] + warnings.map { .warning(ConfigurationCheck.subject, $0) } + permissions()
    }

    private func permissions() -> [CheckFinding] {
        guard let source = configuration.source, let mode = FileMode(of: source), mode.isWritableByAll else { return [] }
        return [
            .warning(
                ConfigurationCheck.subject,
                "'\(source)' can be changed by every user of this machine, who can have the audits sent elsewhere",
                hint: "chmod o-w '\(source)'")
        ]
    }
}
