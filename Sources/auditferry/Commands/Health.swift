import ArgumentParser
import AuditCore
import Forwarder

struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a run that goes on whether it makes progress.",
        discussion: """
            Example: the health check of a container:

              auditferry health --config /etc/auditferry/auditferry.yaml

            Asks the operator's port that the configuration opens ('http.listen'), and prints 'healthy', or 'unhealthy' and what is wrong, a \
            line each. Exits 0 where it is, 1 where it is not, and 69 where nobody answers within 5 seconds. An output or an API that refuses is no \
            reason for a restart; with --ready it counts, too.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file (default: auditferry.yaml here, else /etc/auditferry/auditferry.yaml).", valueName: "file"))
    var config: String?

    @Flag(name: .long, help: "Ask whether nothing keeps the run from delivering now.")
    var ready = false

    func run() async throws {
        let port = try ForwarderConfiguration.operatorPort(
            flags: ConfigurationFlags(configPath: config), environment: ProcessEnvironment.variables, files: LocalFiles())
        let answer = try await HealthQuestion(ready ? .ready : .healthy, at: port).ask()
        let word = ready ? "ready" : "healthy"
        print(([answer.isYes ? word : (ready ? "not ready" : "unhealthy")] + answer.problems).joined(separator: "\n"))
        if !answer.isYes { throw ExitCode(1) }
    }
}
