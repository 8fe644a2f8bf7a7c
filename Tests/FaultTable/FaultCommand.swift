import ArgumentParser

@main
struct FaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auditferry-faults",
        abstract: "Brings faults about around the built program, and prints what became of the audits.",
        subcommands: [Play.self, Collect.self], defaultSubcommand: Play.self)
}
