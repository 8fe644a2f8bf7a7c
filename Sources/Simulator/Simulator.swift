import AuditCore

/// A simulated Genesys Cloud organization, and its audit API over HTTP.
///
/// Made audits and the API are those of one seed and one fault plan. Faults change what clients get; ``truth()`` stays what it is.
public final class Simulator: Sendable {
    let service: AuditService
    private let configuration: SimulatorConfiguration

    /// Makes the history. It takes about ten microseconds an audit, and 64 bytes.
    ///
    /// - Throws: `Failure` with code `data` if the audits file cannot be understood, `failed` if the truth log cannot be opened.
    public init(_ configuration: SimulatorConfiguration) throws(Failure) {
        self.configuration = configuration
        let start = configuration.now()
        let archive = try Simulator.archive(configuration, start)
        var log: TruthLog?
        if let path = configuration.truthLogPath { log = try TruthLog(path: path) }
        log?.append(archive.shown.compactMap(archive.truth))
        service = AuditService(configuration, archive: archive, truthLog: log)
    }

    /// Serves until the task is cancelled or the surrounding service group shuts down gracefully.
    ///
    /// - Parameter onReady: called once with the port, when connections are accepted.
    /// - Throws: what binding the address throws.
    public func run(onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        defer { service.advance() }
        try await SimulatorServer(service: service, configuration: configuration).run(onReady: onReady)
    }

    /// From now on these faults befall requests and asynchronous queries, from the first one on counted anew; queries that were stuck go on
    /// where the plan has none. What the organization and its pages are like stays as it was made.
    public func interfere(_ plan: FaultPlan) { service.interfere(plan) }

    /// Tokens are to be had for this secret alone from now on; those that were given stay good until they expire.
    public func change(clientSecret: Secret) { service.change(clientSecret: clientSecret) }

    /// Every audit that could be seen so far on either endpoint, in the order of `eventDate`.
    public func truth() -> [TruthEntry] { service.truth() }

    private static func archive(_ configuration: SimulatorConfiguration, _ start: Instant) throws(Failure) -> Archive {
        var delays = Archive.Delays(asynchronous: configuration.asynchronousVisibilityDelay)
        delays.releasedByPage = configuration.faults.number(.shift, "count") ?? 0
        if let file = configuration.audits {
            let given = try GivenContents(file, name: configuration.auditsName)
            return Archive(contents: given, audits: given.audits(start), stream: nil, delays: delays, start: start)
        }
        let habits = AuditStream.Habits(configuration.faults)
        var history = AuditStream(
            seed: configuration.seed, origin: start - configuration.history, duration: configuration.history,
            count: configuration.historyEvents, habits: habits)
        var audits: [Audit] = []
        audits.reserveCapacity(configuration.historyEvents)
        history.advance(to: start) { audits.append($0) }
        let live = AuditStream(
            seed: configuration.seed, origin: start, eventsPerSecond: configuration.eventsPerSecond, habits: habits)
        return Archive(
            contents: GeneratedContents(seed: configuration.seed), audits: audits, stream: live, delays: delays, start: start)
    }
}

extension AuditStream.Habits {
    init(_ plan: FaultPlan) {
        late = AuditStream.Habits.delay(plan, .late)
        held = AuditStream.Habits.delay(plan, .shift)
        if let every = plan.number(.sameSecond, "every"), let count = plan.number(.sameSecond, "count") {
            burst = Burst(every: every, count: count)
        }
        unidentifiedFraction = plan.fraction(.noID, "fraction") ?? 0
    }

    private static func delay(_ plan: FaultPlan, _ fault: Fault) -> Delay? {
        guard let fraction = plan.fraction(fault, "fraction"), let delay = plan.duration(fault, "delay") else { return nil }
        return Delay(fraction: fraction, delay: delay)
    }
}
