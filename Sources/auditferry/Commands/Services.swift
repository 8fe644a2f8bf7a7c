import ArgumentParser
import AuditCore
import Forwarder

struct Services: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "Prints the service → entity → action mapping: realtime, asynchronous, and the difference.",
        discussion: """
            Example: the services that only 'backfill' can read:

              auditferry services --json | jq '.difference.asynchronous_only | keys'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let loaded = try Loaded(connection.flags)
        let catalog = try await Connection.with { transport in
            try await ServiceCatalog.load(genesys: loaded.configuration.genesys, transport: transport)
        }
        print(json ? catalog.json : catalog.lines.joined(separator: "\n"))
    }
}
