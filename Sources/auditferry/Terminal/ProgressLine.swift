import AuditCore
import Engine
import Forwarder
import Glibc
import NIOConcurrencyHelpers

/// One line on a terminal's stderr that tells how a long command is doing. Quiet when stderr is no terminal, and when events go to
/// the same one.
struct ProgressLine: Sendable {
    private static let interval = Duration.milliseconds(500)

    /// What to draw; called every half second.
    let text: @Sendable () -> String

    static var isWanted: Bool { StandardError.isTerminal && isatty(STDOUT_FILENO) == 0 }

    /// Draws until cancelled, and then leaves the last state behind.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: ProgressLine.interval)
            StandardError.write("\r\u{1b}[K\(text())")
        }
        StandardError.write("\n")
    }

    /// Runs `work` with the line below it, if it is wanted.
    static func around<Value: Sendable>(
        _ text: @escaping @Sendable () -> String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard isWanted else { return try await work() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await ProgressLine(text: text).run()
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

extension ProgressLine {
    /// Runs `work` with the state of the tails below it, if that is wanted.
    static func around<Value: Sendable>(
        _ board: StatusBoard, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let pace = DeliveryPace()
        return try await around({ pace.text(of: Array(board.current.values)) }, work)
    }
}

/// The rate of deliveries from one drawing to the next.
private final class DeliveryPace: Sendable {
    private let last = NIOLockedValueBox((delivered: 0, at: ContinuousClock.now))

    func text(of statuses: [TailStatus]) -> String {
        let delivered = statuses.reduce(0) { $0 + $1.delivered }
        let now = ContinuousClock.now
        let rate = last.withLockedValue { last in
            defer { last = (delivered, now) }
            return Double(delivered - last.delivered) / max((now - last.at).inSeconds, 0.001)
        }
        var line = "\(delivered) audits delivered, \(Int(rate)) a second"
        if let frontier = statuses.compactMap(\.frontier).min() { line += ", followed up to \(frontier.wholeSecond)" }
        let gap = statuses.reduce(Duration.zero) { $0 + $1.gap }
        if gap > .zero { line += ", \(Int(gap.inSeconds)) s to catch up" }
        return line
    }
}
