import ArgumentParser
import AuditCore
import Forwarder

struct Related: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints every audit made by the same action as AUDIT_ID.",
        discussion: """
            Example: what else happened when this audit was made:

              auditferry related 4f0c63a5-6c2e-4c36-9d0f-6b2f3b1c9d11

            One JSON object a line, oldest first. Only what the realtime endpoint carries can be found.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: ArgumentHelp("The 'id' of an audit.", valueName: "audit-id"))
    var auditID: String

    @Option(
        name: .long,
        help: ArgumentHelp("The organization inside which a user of another one made the audit.", valueName: "id"))
    var trustorOrg: String?

    func validate() throws {
        if auditID.isEmpty { throw ValidationError("AUDIT_ID: '' is no id") }
    }

    func run() async throws {
        let loaded = try Loaded(connection.flags)
        let printer = AuditPrinter()
        try await Connection.with { transport in
            let related = RelatedAudits(
                to: auditID, trustorOrganization: trustorOrg, genesys: loaded.configuration.genesys, transport: transport)
            try await related.run(to: printer)
        }
        await printer.close()
    }
}
