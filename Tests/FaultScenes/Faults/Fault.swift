import AuditCore

/// One thing that goes wrong on the way of the audits, as it can be brought about with the built program.
package struct Fault: Sendable, CustomStringConvertible {
    /// What may come twice.
    package enum Repetition: Sendable {
        case nothing
        /// What was delivered and not committed when a program was killed or a connection broke.
        case uncommitted
        /// The operator has asked for it.
        case everything
    }

    /// Much longer than any of them takes, beside all other tests as well, so that one which never recovers is seen as what it is.
    private static let patience = Duration.seconds(480)

    /// How much the program may grow while it can deliver nothing, in KiB: far less than what is waiting then.
    private static let growth = 16 << 10

    package let name: String
    /// What goes wrong, for whoever reads the table.
    package let meaning: String
    package let repetition: Repetition
    /// Half a minute and more.
    package let isLong: Bool
    /// What the log has to say.
    private let words: [String]
    private let obstacle: @Sendable () async throws -> String?
    private let course: @Sendable (inout SplitMix) async throws -> Outcome

    /// - Parameters:
    ///   - words: what the log has to say.
    ///   - obstacle: what this host lacks for it; `nil` where nothing.
    ///   - course: brings it about, ends it, and lets everything recover.
    init(
        _ name: String, _ meaning: String, repeats repetition: Repetition = .nothing, saying words: [String] = [],
        isLong: Bool = false,
        unless obstacle: @escaping @Sendable () async throws -> String? = { nil },
        course: @escaping @Sendable (_ random: inout SplitMix) async throws -> Outcome
    ) {
        self.name = name
        self.meaning = meaning
        self.repetition = repetition
        self.isLong = isLong
        self.words = words
        self.obstacle = obstacle
        self.course = course
    }

    package var description: String { name }

    /// What this host lacks for it; `nil` where nothing.
    package func missing() async throws -> String? { try await obstacle() }

    /// What must not be in its outcome.
    package func complaints(about outcome: Outcome) -> [String] {
        var complaints: [String] = []
        if outcome.audits == 0 { complaints.append("no audit was due") }
        if outcome.lost > 0 { complaints.append("\(outcome.lost) audits are lost") }
        if outcome.recovery == nil { complaints.append("it did not recover") }
        if repetition == .nothing, outcome.duplicated > 0 { complaints.append("\(outcome.duplicated) audits came twice") }
        if repetition == .uncommitted, outcome.repeated > 0 {
            complaints.append("\(outcome.repeated) audits came again that were committed")
        }
        complaints += words.filter { word in !outcome.log.contains { $0.contains(word) } }.map { "the log does not say '\($0)'" }
        if let growth = outcome.growth, growth > Fault.growth { complaints.append("the program grew by \(growth) KiB") }
        return complaints
    }

    /// Plays it, in a directory of its own, which goes with it.
    /// - Throws: what went otherwise than the fault's story says, a program that ended by itself for instance.
    package func play(seed: UInt64) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                var random = SplitMix(seed: seed)
                return try await course(&random)
            }
            group.addTask {
                try await Task.sleep(for: Fault.patience)
                return nil
            }
            // Whoever waits for an audit returns then, and what is missing is counted.
            if let outcome = try await group.next() ?? nil { return outcome }
            group.cancelAll()
            do {
                guard let outcome = try await group.next() ?? nil else { throw CancellationError() }
                return outcome
            } catch {
                throw SceneFailure("it took longer than \(Fault.patience), and when it was stopped: \(error)")
            }
        }
    }
}
