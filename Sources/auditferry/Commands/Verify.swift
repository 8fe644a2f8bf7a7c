import ArgumentParser
import AuditCore
import Forwarder

extension Offsets {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a past interval again, and tells what was never delivered.",
            discussion: """
                Example: last week, for an auditor:

                  auditferry offsets verify --from 2026-03-02T00:00:00Z --to 2026-03-09T00:00:00Z

                Asks the API for every audit of the interval and looks for its id among those that the output acknowledged. The exit status \
                is 0 only when none is lacking, and 1 otherwise. Ids are kept for three days, or as long as 'offsets.keep_ids' says; older \
                audits are judged by the time that is covered, and the report says how many. Works beside a running instance; delivers \
                nothing and changes nothing.
                """)

        @OptionGroup var connection: ConnectionOptions

        @Option(name: .long, help: ArgumentHelp("The offset file (default: that of the configuration).", valueName: "file"))
        var offsets: String?

        @Option(name: .long, help: ArgumentHelp("The first instant, cut to its second.", valueName: "instant"))
        var from: String

        @Option(name: .long, help: ArgumentHelp("The first instant that is not meant; in the past.", valueName: "instant"))
        var to: String

        @Option(
            name: .long,
            help: ArgumentHelp("One output, as 'offsets show' names it (default: all); repeatable.", valueName: "name"))
        var output: [String] = []

        @Flag(name: .long, help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let interval = try pastInterval(from: from, to: to)
            var flags = connection.flags
            flags.offsetsPath = offsets
            let loaded = try Loaded(flags)
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let signals = await Signals.stream()
            let report = try await Connection.with { transport in
                let verification = OffsetVerification(
                    interval, outputs: output, of: loaded.configuration, workPath: "\(directory.path)/verification.db",
                    transport: transport, logger: loaded.logger)
                let line = PastLine(verification.board, verb: "compared")
                return try await ProgressLine.around({ line.text() }) { try await verification.run(signals: signals) }
            }
            guard let report else {
                StandardError.note("stopped; nothing can be said of \(interval)")
                throw ExitCode(1)
            }
            print(json ? report.json : report.lines.joined(separator: "\n"))
            if !report.isSound { throw ExitCode(1) }
        }
    }
}
