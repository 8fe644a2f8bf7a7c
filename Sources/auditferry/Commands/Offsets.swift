import ArgumentParser
import AuditCore
import Forwarder

struct Offsets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads or changes the offset file; all but 'verify' need no credentials.",
        discussion: """
            Example: deliver everything since yesterday noon to the output 'siem' again:

              auditferry offsets rewind --output siem --to 2026-03-01T12:00:00Z
            """,
        subcommands: [Show.self, Gaps.self, Verify.self, Rewind.self])
}

/// Which offset file is meant.
struct OffsetsOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file (default: auditferry.yaml here, else /etc/auditferry/auditferry.yaml, else none).",
            valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("The offset file (default: that of the configuration).", valueName: "file"))
    var offsets: String?

    func path() throws(Failure) -> String {
        try ForwarderConfiguration.offsetsPath(
            flags: ConfigurationFlags(configPath: config, offsetsPath: offsets), environment: ProcessEnvironment.variables,
            files: LocalFiles())
    }
}

extension Offsets {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints how far each output has come.",
            discussion: """
                Example:

                  auditferry offsets show --offsets /var/lib/auditferry/offsets.db

                For each output: where it began and how many ids are kept; for each lane: up to where it was followed, how much time is \
                covered, the gaps, and what is lost. Audits that showed up after their time was covered are counted by how late they \
                were; from a hundred on there is an overlap suggested that would have found 999 of 1000 of them. Works beside a running \
                instance.
                """)

        @OptionGroup var options: OffsetsOptions

        @Flag(name: .long, help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let report = try await OffsetReport.load(path: options.path())
            print(json ? report.json : report.lines.joined(separator: "\n"))
        }
    }

    struct Gaps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the time that was passed and is still to be read, and the time that is lost.",
            discussion: """
                Example: warn when there is anything to be read:

                  auditferry offsets gaps | grep -qv ', lost$' && echo 'audits are still to be read'

                One line a gap, which ends in ', lost' where the API does not reach back to it any more; nothing (with --json an empty list) where there is none. The exit status is 0 in both cases.
                """)

        @OptionGroup var options: OffsetsOptions

        @Flag(name: .long, help: "Print a JSON list.")
        var json = false

        func run() async throws {
            let report = try await OffsetReport.load(path: options.path())
            if json { print(report.gapJSON) } else { for line in report.gapLines { print(line) } }
        }
    }

    struct Rewind: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an output read and deliver again from an instant on.",
            discussion: """
                Example:

                  auditferry offsets rewind --output siem --to 2026-03-01T12:00:00Z

                The instance that uses the file has to be stopped. What was delivered since then is delivered again; nothing is lost.
                """)

        @OptionGroup var options: OffsetsOptions

        @Option(name: .long, help: ArgumentHelp("The output, as 'offsets show' names it.", valueName: "name"))
        var output: String

        @Option(name: .long, help: ArgumentHelp("From when on to deliver again.", valueName: "instant"))
        var to: String

        func run() async throws {
            let instant = try instant("--to", to)
            let after = try await OffsetRewind(path: options.path(), output: output, to: instant).run()
            StandardError.note("output '\(after.name)' delivers again from \(instant) on; \(after.ids) ids of before are kept")
        }
    }
}
