import ArgumentParser
import AuditCore
import Forwarder
import Logging

struct DeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletters",
        abstract: "Shows what outputs refused for good, or delivers it again; needs no credentials.",
        discussion: """
            Example: what was refused, and once its cause is mended, deliver that of the output 'siem' again:

              auditferry deadletters list
              auditferry deadletters replay --output siem
            """,
        subcommands: [List.self, Replay.self])
}

extension DeadLetters {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the dead letters: when, why, and which audit.",
            discussion: """
                Example: how many there are of each output:

                  auditferry deadletters list | grep ^output

                For each output a line with the count, and for each letter a line with its time, the id of its audit and the reason. \
                Works beside a running instance. A damaged line is named on stderr, and the exit status is 65 then.
                """)

        @OptionGroup var options: OffsetsOptions

        @Option(name: .long, help: ArgumentHelp("One output (default: all that have letters).", valueName: "name"))
        var output: String?

        @Flag(name: .long, help: "Print a JSON list.")
        var json = false

        func run() async throws {
            let list = try DeadLetterList.load(options.delivery(), output: output)
            print(json ? list.json : list.lines.joined(separator: "\n"))
            if let failure = list.failure { throw failure }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delivers the dead letters of one output to it again.",
            discussion: """
                Example:

                  auditferry deadletters replay --output siem

                What the output acknowledges is gone from the dead letters; what it refuses for good stays, with the new reason; what it \
                cannot take now stays as it is, and the exit status is 69. Each letter is delivered at least once: after a crash, replay \
                again. Works beside a running instance. SIGINT and SIGTERM stop it, and the rest stays.
                """)

        @OptionGroup var options: OffsetsOptions

        @Option(
            name: .long,
            help: ArgumentHelp("The output: a name of the configuration, or a URL as 'run' takes it.", valueName: "name-or-url"))
        var output: String

        @Option(name: .long, help: ArgumentHelp("How to write an audit: json.", valueName: "format"))
        var format: String?

        func run() async throws {
            let settings = try options.delivery(output: output, format: format)
            guard let definition = settings.chosen.first else { return }
            let replay = DeadLetterReplay(definition, of: settings, logger: .auditferry(settings.log))
            let signals = await Signals.stream()
            let outcome = try await replay.run(signals: signals)
            if let failure = outcome.failure(of: definition.name, path: replay.path) { throw failure }
            StandardError.note(outcome.line(of: definition.name))
        }
    }
}

extension OffsetsOptions {
    func delivery(output: String? = nil, format: String? = nil) throws(Failure) -> DeliverySettings {
        var flags = ConfigurationFlags(configPath: config, offsetsPath: offsets)
        flags.outputs = output.map { [$0] } ?? []
        flags.format = format
        return try DeliverySettings.load(flags: flags, environment: ProcessEnvironment.variables, files: LocalFiles())
    }
}
