import AuditAPI
import AuditCore
import Engine
import NIOConcurrencyHelpers
import Outputs

/// Sees everything that an operator is told of a run. It is told by what stands around the edges of the engine, from any task; each call
/// takes a lock for well under a microsecond, and none is made an audit.
final class Telemetry: Sendable {
    private struct State {
        var health: Health
        var figures: RunFigures
        var serverNow: @Sendable () -> Instant? = { nil }
        var subject: Subject
    }

    /// What the configuration in force says of the run.
    struct Subject: Sendable {
        let outputs: [OutputDefinition]
        let api: String

        init(_ configuration: ForwarderConfiguration) {
            outputs = configuration.outputs
            api = configuration.genesys.endpoints.api
        }
    }

    /// What was known at one moment.
    struct View: Sendable {
        let now: Instant
        /// Of the server where it is known, else `now`.
        let serverNow: Instant
        let runs: Duration
        let clock: Duration
        /// The API has shown a page.
        let hasRead: Bool
        let problems: [Health.Problem]
        let figures: RunFigures
        /// By the output's name.
        let statuses: [String: TailStatus]
        /// Of the outputs that have begun.
        let outputStates: [String: OutputState]

        var isHealthy: Bool { !problems.contains(where: \.isStandstill) }
    }

    let version: String
    let started: Instant
    private let isFollowing: Bool
    private let clock: any EngineClock
    private let begin: Duration
    private let wallClock: @Sendable () -> Instant
    private let board: StatusBoard
    private let state: NIOLockedValueBox<State>

    init(
        configuration: ForwarderConfiguration, isFollowing: Bool, version: String, board: StatusBoard, clock: any EngineClock,
        wallClock: @escaping @Sendable () -> Instant = { .localNow }
    ) {
        self.isFollowing = isFollowing
        self.version = version
        self.board = board
        self.clock = clock
        self.wallClock = wallClock
        let started = wallClock()
        self.started = started
        begin = clock.now()
        let health = Health(
            limits: Health.Limits(configuration), outputs: Set(configuration.outputs.map(\.name)), at: begin)
        state = NIOLockedValueBox(
            State(health: health, figures: RunFigures(started: started), subject: Subject(configuration)))
    }

    var subject: Subject { state.withLockedValue(\.subject) }

    func view() -> View {
        let now = clock.now()
        let (health, figures, serverNow) = state.withLockedValue { ($0.health, $0.figures, $0.serverNow) }
        let wall = wallClock()
        return View(
            now: wall, serverNow: serverNow() ?? wall, runs: now - begin, clock: now, hasRead: health.hasRead,
            problems: health.problems(at: now), figures: figures, statuses: board.current,
            outputStates: health.courses.mapValues { course in
                if course.refusal != nil { return .refusing }
                return course.owed > 0 && now - course.lastMotion > health.limits.delivery ? .silent : .delivering
            })
    }

    /// - Parameter serverNow: the server's time, from now on.
    func knowsServer(_ serverNow: @escaping @Sendable () -> Instant?) {
        state.withLockedValue { $0.serverNow = serverNow }
    }

    func began(_ output: String) {
        let now = clock.now()
        state.withLockedValue { state in
            state.health.began(output, at: now)
            state.figures.deliveries[output, default: RunFigures.Delivery(rate: DeliveryRate(at: now))].rate.restarts()
        }
    }

    func ended(_ output: String) { state.withLockedValue { $0.health.ended(output) } }
    func stopping() { state.withLockedValue { $0.health.stopping() } }

    /// A reload has come to its end.
    ///
    /// - Parameter configuration: the one that is in force from now on; `nil` where the new one was refused.
    func reloaded(_ configuration: ForwarderConfiguration?) {
        let (wall, now) = (wallClock(), clock.now())
        state.withLockedValue { state in
            guard let configuration else { return state.figures.reload.isRefused = true }
            state.figures.reload = RunFigures.Reload(succeeded: wall)
            state.subject = Subject(configuration)
            state.health.limits = Health.Limits(configuration)
            let names = Set(configuration.outputs.map(\.name))
            state.health.expect(names, at: now)
            state.figures.deliveries = state.figures.deliveries.filter { names.contains($0.key) }
        }
    }

    /// For the decorators: changes what is known, at the clock's time.
    func note(_ change: (inout Health, inout RunFigures, Duration) -> Void) {
        let now = clock.now()
        state.withLockedValue { change(&$0.health, &$0.figures, now) }
    }

    func now() -> Duration { clock.now() }
    func wallNow() -> Instant { wallClock() }
}

/// What the tails report.
extension Telemetry: TailObserver {
    func tail(_ output: String, stands status: TailStatus) {
        note { health, figures, now in
            // A run with an end may have read everything, and deliver for long after.
            let readsNothing = status.isFull || (!isFollowing && status.unacknowledged > 0)
            health.stands(output, isFull: readsNothing, at: now)
            figures.deliveries[output]?.rate.note(status.delivered, at: now)
        }
    }

    func tail(_ output: String, reported report: TailReport) {
        let wall = wallClock()
        note { health, figures, now in
            switch report {
            case .readFailing(_, let failure, let wait):
                var isPause = false
                if case .transient(_, .some) = failure { isPause = true }
                health.readFailed(output, failure.reason, retryIn: wait, isPause: isPause, at: now)
                figures.deliveries[output]?.lastError = (wall, failure.reason)
            case .outputFailing(let reason, let wait):
                health.refused(output, reason, retryIn: wait, at: now)
                figures.deliveries[output]?.lastError = (wall, reason)
            case .outputRecovered: health.recovered(output)
            case .storeFailing(let reason, let wait):
                health.commitIsTriedAgain(in: wait, at: now)
                figures.deliveries[output]?.lastError = (wall, reason)
            case .abandoned(_, let reason):
                figures.deliveries[output]?.lastError = (wall, reason)
            case .beyondRetention(let lane, let gap):
                figures.deliveries[output]?.lastError = (wall, "lane \(lane): \(gap) is older than the API reaches")
            case .readRecovered, .windowRepeated, .windowSplit, .storeRecovered, .lanes: break
            }
        }
    }
}

/// Tells two observers.
struct BothObservers: TailObserver {
    let first: any TailObserver
    let second: any TailObserver

    func tail(_ output: String, stands status: TailStatus) {
        first.tail(output, stands: status)
        second.tail(output, stands: status)
    }

    func tail(_ output: String, reported report: TailReport) {
        first.tail(output, reported: report)
        second.tail(output, reported: report)
    }
}
