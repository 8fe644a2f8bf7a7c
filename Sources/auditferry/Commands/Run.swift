import ArgumentParser
import AuditAPI
import AuditCore
import Forwarder

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tails audits and delivers them to the configured outputs, until stopped.",
        discussion: """
            Example: the audits of the last hour and everything after them, as lines to a collector:

              auditferry run --region eu-west-1 --since 1h --output tcp://collector.example:6514

            SIGTERM and SIGINT deliver what was read and stop; SIGHUP reloads the configuration; SIGUSR1 logs where the outputs stand.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to deliver: stdout, journald, file:///PATH, tcp://HOST:PORT, or an output of the configuration; repeatable.",
            valueName: "name-or-url"))
    var output: [String] = []

    @Option(name: .long, help: ArgumentHelp("How to write an audit: json.", valueName: "format"))
    var format: String?

    @Option(name: .long, help: ArgumentHelp("The offset file.", valueName: "file"))
    var offsets: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where an output begins that has no offset yet: now, a duration back, or an instant.", valueName: "time"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("Read up to this instant, deliver, and exit.", valueName: "instant"))
    var until: String?

    @Flag(name: .long, help: "Read everything up to now, deliver it, and exit.")
    var once = false

    @Flag(name: .long, help: "Show what would be read; deliver nothing, commit nothing.")
    var dryRun = false

    func validate() throws {
        if once, until != nil { throw ValidationError("--once and --until exclude each other") }
    }

    func run() async throws {
        let manager = ServiceManager.takenFromEnvironment()
        var flags = connection.flags
        flags.outputs = output
        flags.format = format
        flags.offsetsPath = offsets
        flags.since = since
        flags.until = until
        let loaded = try Loaded(flags)
        try await Connection.with { transport in
            if dryRun {
                let plan = DryRun(configuration: loaded.configuration, logger: loaded.logger, transport: transport)
                for line in try await plan.lines() { print(line) }
                return
            }
            let forwarder = Forwarder(
                configuration: loaded.configuration, extent: once ? .once : .following, logger: loaded.logger,
                transport: transport, version: Version.text, manager: manager,
                reload: loaded.reload)
            let signals = await Signals.stream()
            try await ProgressLine.around(forwarder.board) { try await forwarder.run(signals: signals) }
        }
    }
}

/// The connections of one command.
enum Connection {
    /// Runs `work` with a transport, and closes it afterwards.
    static func with<Value>(_ work: (any HTTPTransport) async throws -> Value) async throws -> Value {
        let transport = AsyncHTTPTransport()
        do {
            let value = try await work(transport)
            try? await transport.shutdown()
            return value
        } catch {
            try? await transport.shutdown()
            throw error
        }
    }
}
