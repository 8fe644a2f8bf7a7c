import AuditCore
import Forwarder

/// How the reading of a past interval is doing, in a line.
final class PastLine: Sendable {
    private let board: PastBoard
    private let verb: String
    private let start = ContinuousClock.now

    /// - Parameter verb: what happens to the audits.
    init(_ board: PastBoard, verb: String) {
        self.board = board
        self.verb = verb
    }

    func text() -> String {
        let status = board.current
        let elapsed = ContinuousClock.now - start
        var line = "\(status.delivered) audits \(verb), \(Int(Double(status.delivered) / max(elapsed.inSeconds, 1))) a second"
        line += ", \(Int(status.share * 100)) % of the time"
        if let covered = status.coveredUntil { line += ", complete before \(covered.wholeSecond)" }
        if status.share > 0, status.share < 1 {
            line += ", about \(Duration.seconds(Int(elapsed.inSeconds * (1 - status.share) / status.share)).spokenText) left"
        }
        return line + (status.trouble.map { "; trying again: \($0)" } ?? "")
    }
}
