import ArgumentParser
import AuditCore
import Forwarder

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks at everything that a run needs, and says what to do about what is not well.",
        discussion: """
            Example: before a service is started, with the API and the receivers of all outputs:

              auditferry check --connect --config /etc/auditferry/auditferry.yaml

            Without --connect nothing leaves this machine: configuration, permissions of files, certificates, the offset file, free disk. \
            With it, also the token, the permission, the services, the clock, and the handshake of every output. Nothing is delivered and \
            nothing is changed. Run it as the user that the run is to have.

            The exit status is that of the most grave finding that failed; warnings exit 0. A finding stands on one line of stdout, with \
            a hint below it where something is to be done.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An output to check, as 'run' takes it (default: all of the configuration); repeatable.", valueName: "name-or-url"))
    var output: [String] = []

    @Option(name: .long, help: ArgumentHelp("The offset file.", valueName: "file"))
    var offsets: String?

    @Flag(name: .long, help: "Ask the API and the receivers of the outputs, too.")
    var connect = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() async throws {
        var flags = connection.flags
        flags.outputs = output
        flags.offsetsPath = offsets
        let report = try await Connection.with { transport in
            try await CheckRun(
                flags: flags, environment: ProcessEnvironment.variables, files: LocalFiles(), connects: connect,
                transport: transport
            ).report()
        }
        print(json ? report.json : report.lines.joined(separator: "\n"))
        if report.status != 0 { throw ExitCode(report.status) }
    }
}
