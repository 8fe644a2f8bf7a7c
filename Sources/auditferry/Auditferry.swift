import ArgumentParser
import AuditCore
import CSupport
import Forwarder
import Glibc

/// The command with its subcommands.
struct Auditferry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auditferry",
        abstract: "Tails the audit log of a Genesys Cloud organization and delivers every audit at least once.",
        discussion: """
            Try it without an account:

              auditferry demo

            Credentials come from the configuration file, or from GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and \
            GENESYSCLOUD_OAUTHCLIENT_SECRET (each also as ..._FILE, a path whose content is the value).
            """,
        version: Version.text,
        subcommands: [
            Run.self, Demo.self, Check.self, Health.self, Query.self, Backfill.self, Related.self, Services.self, Offsets.self,
            DeadLetters.self, Simulate.self,
        ])
}

@main
enum Main {
    static func main() async {
        csupport_return_free_memory()
        // A reader of stdout or a peer that goes away is an error to handle, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        defer { StderrLog.end() }
        do {
            var command = try Auditferry.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            StderrLog.end()
            exit(Ending.report(error))
        }
        StderrLog.end()
    }
}
