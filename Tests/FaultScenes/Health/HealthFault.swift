/// Something that goes wrong around the built program, and what an operator and the service manager have to be told of it.
package struct HealthFault: Sendable, CustomStringConvertible {
    /// What has to be said.
    package enum Verdict: String, Sendable {
        /// Nothing moves: not healthy, and no signs of life, so that the service manager starts it anew.
        case standstill
        /// No answer comes for a while: not healthy until the program gives that answer up, which it does by itself.
        case silence
        /// It waits for something that another start would wait for as well: not ready, and nothing else.
        case notReady = "not ready"
    }

    /// How soon it has to be said on a machine that does nothing else.
    package static let bound = Duration.seconds(60)

    package let name: String
    /// What goes wrong, for whoever reads the table.
    package let meaning: String
    package let verdict: Verdict
    private let obstacle: @Sendable () async throws -> String?
    private let course: @Sendable (HealthFault) async throws -> HealthOutcome

    /// - Parameters:
    ///   - obstacle: what this host lacks for it; `nil` where nothing.
    ///   - course: brings it about, looks at what is said, and ends it.
    init(
        _ name: String, _ meaning: String, _ verdict: Verdict,
        unless obstacle: @escaping @Sendable () async throws -> String? = { nil },
        course: @escaping @Sendable (HealthFault) async throws -> HealthOutcome
    ) {
        self.name = name
        self.meaning = meaning
        self.verdict = verdict
        self.obstacle = obstacle
        self.course = course
    }

    package var description: String { name }

    /// What this host lacks for it; `nil` where nothing.
    package func missing() async throws -> String? { try await obstacle() }

    /// Plays it, in a directory of its own, which goes with it.
    package func play() async throws -> HealthOutcome { try await course(self) }

    /// What must not be in its outcome.
    package func complaints(about outcome: HealthOutcome, within bound: Duration = HealthFault.bound) -> [String] {
        var complaints: [String] = []
        if outcome.unready.map({ $0.after > bound }) ?? true {
            complaints.append("/readyz did not say so within \(bound.components.seconds) s")
        }
        switch verdict {
        case .standstill:
            if outcome.unhealthy.map({ $0.after > bound }) ?? true {
                complaints.append("/healthz did not say so within \(bound.components.seconds) s")
            }
            if outcome.expired == nil { complaints.append("the watchdog did not fire") }
        case .silence:
            if outcome.unhealthy.map({ $0.after > bound }) ?? true {
                complaints.append("/healthz did not say so within \(bound.components.seconds) s")
            }
            if outcome.expired != nil { complaints.append("the watchdog fired") }
        case .notReady:
            if let said = outcome.unhealthy { complaints.append("/healthz called it a standstill: \(said.reason)") }
            if outcome.expired != nil { complaints.append("the watchdog fired") }
        }
        return complaints
    }
}

/// What was said of a fault, and how long after it had begun.
package struct HealthOutcome: Sendable {
    package struct Saying: Sendable {
        package let after: Duration
        package let reason: String
    }

    /// `nil` where `/readyz` was 200 all the time.
    package var unready: Saying?
    /// `nil` where `/healthz` was 200 all the time.
    package var unhealthy: Saying?
    /// When the service manager would have ended the program; `nil` where it would not.
    package var expired: Duration?
}
