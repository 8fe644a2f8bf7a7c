import ArgumentParser
import AuditCore
import Forwarder

struct Backfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the asynchronous endpoint for a past interval and prints it.",
        discussion: """
            Example: a month, into a file:

              auditferry backfill --from 2026-02-01T00:00:00Z --to 2026-03-01T00:00:00Z > february.ndjson

            One JSON object a line, oldest day first, each audit once; all services that the configuration names, also those that \
            realtime lacks. The API keeps audits for a year. SIGINT and SIGTERM stop it, and it says from where to go on.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .long, help: ArgumentHelp("The first instant that is wanted, cut to its second.", valueName: "instant"))
    var from: String

    @Option(name: .long, help: ArgumentHelp("The first instant that is not; in the past.", valueName: "instant"))
    var to: String

    @Option(name: .long, help: ArgumentHelp("One service (default: those of the configuration).", valueName: "name"))
    var service: String?

    func run() async throws {
        let interval = try interval()
        let loaded = try Loaded(connection.flags)
        let board = BackfillBoard()
        let printer = AuditPrinter()
        let signals = await Signals.stream()
        let line = BackfillLine(board)
        let isDone = try await ProgressLine.around({ line.text() }) {
            try await Connection.with { transport in
                let backfill = AsynchronousBackfill(
                    interval, service: service, genesys: loaded.configuration.genesys, transport: transport, board: board)
                return try await Signals.stopping(signals) { try await backfill.run(to: printer) }
            }
        }
        await printer.close()
        if !isDone, let instant = board.current.coveredUntil {
            StandardError.note("stopped; everything before \(instant) was printed, so --from \(instant) goes on")
        }
    }

    private func interval() throws(Failure) -> Interval {
        let (first, last) = (try instant("--from", from), try instant("--to", to))
        guard first < last else {
            throw Failure(
                .usage, "--to: '\(to)' is not after --from, which is '\(from)'",
                hint: "give a later instant, or an earlier --from")
        }
        return Interval(first, last)
    }
}

/// How a backfill is doing, in a line.
private final class BackfillLine: Sendable {
    private let board: BackfillBoard
    private let start = ContinuousClock.now

    init(_ board: BackfillBoard) { self.board = board }

    func text() -> String {
        let status = board.current
        let elapsed = ContinuousClock.now - start
        var line = "\(status.printed) audits printed, \(Int(Double(status.printed) / max(elapsed.inSeconds, 1))) a second"
        line += ", \(Int(status.share * 100)) % of the time"
        if let covered = status.coveredUntil { line += ", complete before \(covered.wholeSecond)" }
        if status.share > 0, status.share < 1 {
            line += ", about \(Duration.seconds(Int(elapsed.inSeconds * (1 - status.share) / status.share)).spokenText) left"
        }
        return line + (status.trouble.map { "; trying again: \($0)" } ?? "")
    }
}
