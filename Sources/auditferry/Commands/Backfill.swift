import ArgumentParser
import AuditCore
import Forwarder
import Outputs

struct Backfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the asynchronous endpoint for a past interval, and delivers or prints it.",
        discussion: """
            Examples: a month to an output of the configuration, and a month into a file:

              auditferry backfill --from 2026-02-01T00:00:00Z --to 2026-03-01T00:00:00Z --output siem
              auditferry backfill --from 2026-02-01T00:00:00Z --to 2026-03-01T00:00:00Z > february.ndjson

            All services that the configuration names, also those that realtime lacks, oldest day first, each audit at least once. The API \
            keeps audits for a year. With --output the progress is kept in a file beside the offset file until everything is delivered: \
            the same command goes on where it was stopped or killed. What 'run' delivers is not looked at, and not changed.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .long, help: ArgumentHelp("The first instant that is wanted, cut to its second.", valueName: "instant"))
    var from: String

    @Option(name: .long, help: ArgumentHelp("The first instant that is not; in the past.", valueName: "instant"))
    var to: String

    @Option(name: .long, help: ArgumentHelp("One service (default: those of the configuration).", valueName: "name"))
    var service: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to deliver: a name of the configuration, or a URL as 'run' takes it (default: print).",
            valueName: "name-or-url"))
    var output: String?

    @Option(name: .long, help: ArgumentHelp("How to write an audit: json.", valueName: "format"))
    var format: String?

    func run() async throws {
        let interval = try pastInterval(from: from, to: to)
        var flags = connection.flags
        flags.outputs = [output ?? "stdout"]
        flags.format = format
        let loaded = try Loaded(flags)
        guard let definition = loaded.configuration.outputs.first else { return }
        guard output != nil else {
            // Who prints begins anew each time.
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            return try await run(interval, definition, loaded, offsets: "\(directory.path)/backfill.db")
        }
        let path = BackfillRun.offsetsPath(
            interval, to: definition.name, besides: loaded.configuration.offsetsPath)
        try await run(interval, definition, loaded, offsets: path)
    }

    private func run(_ interval: Interval, _ definition: OutputDefinition, _ loaded: Loaded, offsets: String) async throws {
        let signals = await Signals.stream()
        try await Connection.with { transport in
            let backfill = BackfillRun(
                interval, service: service, to: definition, of: loaded.configuration, offsetsPath: offsets, transport: transport,
                logger: loaded.logger)
            let line = PastLine(backfill.board, verb: "delivered")
            let ending = try await ProgressLine.around({ line.text() }) { try await backfill.run(signals: signals) }
            let status = backfill.board.current
            if ending == .stopped {
                StandardError.note(stopped(status.coveredUntil))
            } else if output != nil {
                StandardError.note("output '\(definition.name)' has \(status.delivered) audits of \(interval)")
            }
        }
    }

    private func stopped(_ covered: Instant?) -> String {
        guard output == nil else { return "stopped; the same command goes on" }
        return covered.map { "stopped; everything before \($0) was printed, so --from \($0) goes on" } ?? "stopped"
    }
}
