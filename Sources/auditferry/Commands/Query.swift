import ArgumentParser
import AuditCore
import Forwarder

struct Query: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the realtime endpoint once and prints the audits.",
        discussion: """
            Example: who changed a queue in the last two days:

              auditferry query --since 2d --filter EntityType=Queue --filter Action=Update

            One JSON object a line, as the API sent it, each audit once. The endpoint reaches back 14 days and carries some services \
            only: 'auditferry services' tells which, and 'auditferry backfill' reads the rest. The services and filters of the \
            configuration file do not count here.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .long, help: ArgumentHelp("The first instant that is wanted.", valueName: "instant"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("The first instant that is not (default: the server's now).", valueName: "instant"))
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp("As --from, or a duration before the end (default: 1h).", valueName: "duration-or-instant"))
    var since: String?

    @Option(name: .long, help: ArgumentHelp("One service (default: all).", valueName: "name"))
    var service: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Only audits of this value; repeatable, all must match. UserId, TrusteeOrganizationId, ClientId, EntityType, EntityId, \
            or Action, which needs an EntityType.
            """, valueName: "property=value"))
    var filter: [String] = []

    @Option(name: .long, help: ArgumentHelp("Audits a request: 1 to 500.", valueName: "n"))
    var pageSize = 500

    @Flag(name: .long, help: "Newest first.")
    var descending = false

    func validate() throws {
        if from != nil, since != nil { throw ValidationError("--from and --since exclude each other") }
        guard RealtimeQuestion.pageSizes.contains(pageSize) else {
            throw ValidationError("--page-size: '\(pageSize)' is not between 1 and 500")
        }
    }

    func run() async throws {
        let question = try question()
        let loaded = try Loaded(connection.flags)
        let printer = AuditPrinter()
        try await Connection.with { transport in
            let search = RealtimeSearch(question, genesys: loaded.configuration.genesys, transport: transport)
            try await search.run(to: printer, note: StandardError.note)
        }
        await printer.close()
    }

    private func question() throws(Failure) -> RealtimeQuestion {
        var question = RealtimeQuestion(
            service: service, filters: try RealtimeQuestion.filters(filter), pageSize: pageSize, isDescending: descending)
        if let from { question.start = .at(try instant("--from", from)) }
        if let to { question.end = try instant("--to", to) }
        if let since { question.start = try start(since) }
        return question
    }

    private func start(_ text: String) throws(Failure) -> RealtimeQuestion.Start {
        if let duration = Duration(text) { return .back(duration) }
        if let instant = Instant(text) { return .at(instant) }
        throw Failure(
            .usage, "--since: '\(text)' is neither a duration nor an instant",
            hint: "write it as 500ms, 15s, 10m, 1h or 14d, or as 2026-03-02T08:15:04Z")
    }
}
