import AuditCore
import Engine
import Outputs

/// What `/status` answers, and what the page shows. Keys are written in snake case; instants are RFC 3339, durations seconds.
struct StatusDocument: Encodable, Sendable {
    /// More intervals than a page can show; the latest are kept.
    static let mostIntervals = 200

    struct Program: Encodable, Sendable {
        let version: String
        let startedAt: String
        let now: String
        let uptimeSeconds: Double
    }

    struct Health: Encodable, Sendable {
        struct Problem: Encodable, Sendable {
            let subject: String
            let reason: String
            let lastsSeconds: Double
            /// `standstill` or `not_ready`.
            let kind: String
        }

        let healthy: Bool
        let ready: Bool
        let problems: [Problem]
    }

    struct API: Encodable, Sendable {
        let address: String
        let requests: Int
        let rateLimitRemaining: Int?
        let clockSkewSeconds: Double?
        let lastSuccessfulPoll: String?
    }

    struct Span: Encodable, Sendable {
        let start: String
        let end: String
    }

    struct Coverage: Encodable, Sendable {
        let start: String
        /// Everything before it was delivered, but for `gaps` and `lost`.
        let frontier: String
        let now: String
        let gaps: [Span]
        let lost: [Span]
    }

    struct LastError: Encodable, Sendable {
        let at: String
        let reason: String
    }

    struct Output: Encodable, Sendable {
        let name: String
        let destination: String
        let guarantee: String
        /// `starting`, `delivering`, `refusing` or `silent`.
        let state: String
        let delivered: Int
        let duplicates: Int
        let unacknowledged: Int
        let retries: Int
        let rejected: Int
        let perSecond: Double
        /// Audits acknowledged in each slot of `slot_seconds`, the one that is not over yet last.
        let history: [Int]
        let slotSeconds: Double
        let lagSeconds: Double?
        let gapSeconds: Double
        let lostSeconds: Double
        let lastError: LastError?
        let coverage: Coverage?
    }

    struct Service: Encodable, Sendable {
        let name: String
        let received: Int
    }

    struct Bucket: Encodable, Sendable {
        /// `nil` is without a bound.
        let upToSeconds: Double?
        let count: Int
    }

    let program: Program
    let health: Health
    let api: API
    let outputs: [Output]
    /// The largest first.
    let services: [Service]
    /// Audits that came after their time was covered, by how late they were.
    let late: [Bucket]
}

extension StatusDocument.Health {
    init(_ problems: [Health.Problem]) {
        healthy = !problems.contains(where: \.isStandstill)
        ready = problems.isEmpty
        self.problems = problems.map {
            Problem(
                subject: $0.subject, reason: $0.reason, lastsSeconds: $0.lasts.rounded,
                kind: $0.isStandstill ? "standstill" : "not_ready")
        }
    }
}

extension Duration {
    /// In seconds, cut to milliseconds.
    fileprivate var rounded: Double { Double(wholeMilliseconds) / 1000 }
}

extension Telemetry {
    /// How an output does.
    enum OutputState: String, Sendable {
        case starting, delivering, refusing, silent
    }

    func status() -> StatusDocument {
        let view = view()
        var late = LateArrivals()
        for status in view.statuses.values { late.add(status.late) }
        let bounds = LateArrivals.bounds.map { Optional($0.inSeconds) } + [nil]
        return StatusDocument(
            program: .init(version: version, startedAt: started.text, now: view.now.text, uptimeSeconds: view.runs.rounded),
            health: .init(view.problems), api: api(view.figures), outputs: subject.outputs.map { output($0, view) },
            services: view.figures.services.map { .init(name: $0.key, received: $0.value) }
                .sorted { ($1.received, $0.name) < ($0.received, $1.name) },
            late: zip(bounds, late.buckets).map { .init(upToSeconds: $0, count: $1.count) })
    }

    private func api(_ figures: RunFigures) -> StatusDocument.API {
        StatusDocument.API(
            address: subject.api, requests: figures.requests.values.reduce(0, +), rateLimitRemaining: figures.allowanceLeft,
            clockSkewSeconds: figures.clockSkew?.inSeconds, lastSuccessfulPoll: figures.lastPoll?.text)
    }

    private func output(_ definition: OutputDefinition, _ view: View) -> StatusDocument.Output {
        let name = definition.name
        let status = view.statuses[name] ?? TailStatus()
        let figures = view.figures.deliveries[name]
        return StatusDocument.Output(
            name: name, destination: definition.destination, guarantee: definition.guarantee.rawValue,
            state: (view.outputStates[name] ?? .starting).rawValue, delivered: status.delivered, duplicates: status.duplicates,
            unacknowledged: status.unacknowledged, retries: figures?.retries ?? 0, rejected: status.setApart,
            perSecond: figures?.rate.perSecond(at: view.clock) ?? 0, history: figures?.rate.history(at: view.clock) ?? [],
            slotSeconds: DeliveryRate.slot.inSeconds,
            lagSeconds: status.frontier.map { max(0, (view.serverNow - $0).inSeconds) }, gapSeconds: status.gap.inSeconds,
            lostSeconds: status.lost.inSeconds, lastError: figures?.lastError.map { .init(at: $0.at.text, reason: $0.reason) },
            coverage: coverage(status, view.serverNow))
    }

    private func coverage(_ status: TailStatus, _ now: Instant) -> StatusDocument.Coverage? {
        guard let start = status.start, let frontier = status.frontier else { return nil }
        func spans(_ coverage: Coverage) -> [StatusDocument.Span] {
            coverage.intervals.suffix(StatusDocument.mostIntervals).map { .init(start: $0.start.text, end: $0.end.text) }
        }
        return StatusDocument.Coverage(
            start: start.text, frontier: frontier.text, now: now.text, gaps: spans(status.gaps), lost: spans(status.losses))
    }
}
