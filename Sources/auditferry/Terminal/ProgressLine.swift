import AuditCore
import Engine
import Forwarder
import Glibc

/// One line on a terminal's stderr that tells how a long command is doing. Quiet when stderr is no terminal, and when events go to
/// the same one.
struct ProgressLine: Sendable {
    private static let interval = Duration.milliseconds(500)

    let board: StatusBoard

    static var isWanted: Bool { StandardError.isTerminal && isatty(STDOUT_FILENO) == 0 }

    /// Draws until cancelled, and then leaves the last state behind.
    func run() async {
        let start = ContinuousClock.now
        var last = (delivered: 0, at: start)
        while !Task.isCancelled {
            try? await Task.sleep(for: ProgressLine.interval)
            let statuses = Array(board.current.values)
            let delivered = statuses.reduce(0) { $0 + $1.delivered }
            let now = ContinuousClock.now
            let rate = Double(delivered - last.delivered) / (now - last.at).inSeconds
            last = (delivered, now)
            draw(delivered: delivered, rate: rate, statuses)
        }
        StandardError.write("\n")
    }

    private func draw(delivered: Int, rate: Double, _ statuses: [TailStatus]) {
        var line = "\(delivered) audits delivered, \(Int(rate)) a second"
        if let frontier = statuses.compactMap(\.frontier).min() { line += ", followed up to \(frontier.wholeSecond)" }
        let gap = statuses.reduce(Duration.zero) { $0 + $1.gap }
        if gap > .zero { line += ", \(Int(gap.inSeconds)) s to catch up" }
        StandardError.write("\r\u{1b}[K\(line)")
    }

    /// Runs `work` with the line below it, if it is wanted.
    static func around<Value: Sendable>(
        _ board: StatusBoard, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard isWanted else { return try await work() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await ProgressLine(board: board).run()
                return nil
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }
}
