import AuditCore
import NIOConcurrencyHelpers

/// The API of the simulated organization, without the network: a request in, an answer out. Safe to call from any thread.
final class AuditService: Sendable {
    /// Everything that changes.
    struct State: Sendable {
        var archive: Archive
        var tokens: Tokens
        var transactions = Transactions()
        var downloads = Downloads()
        var counters: InterferenceCounters
        var random: RandomSource
        var clientSecret: Secret
        var truthLog: TruthLog?
    }

    let configuration: SimulatorConfiguration
    let contents: any AuditContents
    let rules: QueryRules
    private let state: NIOLockedValueBox<State>

    init(_ configuration: SimulatorConfiguration, archive: Archive, truthLog: TruthLog?) {
        self.configuration = configuration
        contents = archive.contents
        var services: [String: UInt16] = [:]
        for (index, service) in archive.contents.services.enumerated() { services[service.name] = UInt16(index) }
        rules = QueryRules(plan: configuration.faults, services: services)
        let lifetime = configuration.faults.duration(.expiredToken, "lifetime") ?? configuration.tokenLifetime
        state = NIOLockedValueBox(
            State(
                archive: archive,
                tokens: Tokens(
                    lifetime: lifetime, uses: configuration.faults.number(.expiredToken, "uses") ?? .max,
                    requestsPerMinute: configuration.requestsPerMinute),
                counters: InterferenceCounters(plan: configuration.faults),
                random: RandomSource(seed: configuration.seed, subject: 4), clientSecret: configuration.clientSecret,
                truthLog: truthLog))
    }

    /// Answers one request at the time of the configuration's clock.
    func reply(to exchange: Exchange) -> Reply {
        let now = configuration.now()
        let context = withState(now) { $0.random.uuid() }
        var reply: Reply
        do {
            reply = try answer(exchange, context, now)
        } catch let refusal {
            reply = Reply(answer: refusal.answer(context: context))
        }
        reply.answer = reply.answer.with("ININ-Correlation-Id", context.description).with("Date", HTTPDate.text(date(now)))
        return reply
    }

    /// See ``Simulator/interfere(_:)``.
    func interfere(_ plan: FaultPlan) {
        withState(configuration.now()) { state in
            state.counters = InterferenceCounters(plan: plan)
            if !plan.contains(.stuckRunning) { state.transactions.release() }
        }
    }

    /// See ``Simulator/change(clientSecret:)``.
    func change(clientSecret secret: Secret) { withState(configuration.now()) { $0.clientSecret = secret } }

    /// Lets time pass, so that what is due shows up and stands in the truth log.
    func advance() { withState(configuration.now()) { _ in } }

    func truth() -> [TruthEntry] {
        withState(configuration.now()) { state in state.archive.shown.compactMap(state.archive.truth) }
    }

    /// Lets time pass up to `now`, and then reads or changes the state.
    func withState<Result>(_ now: Instant, _ body: (inout State) -> Result) -> Result {
        state.withLockedValue { state in
            state.record(state.archive.advance(to: now))
            return body(&state)
        }
    }

    private func date(_ now: Instant) -> Instant {
        now + .seconds(configuration.faults.number(.clockSkew, "seconds") ?? 0)
    }

    private func answer(_ exchange: Exchange, _ context: AuditID, _ now: Instant) throws(Refusal) -> Reply {
        let operation: Operation
        do {
            operation = try Operation(method: exchange.method, path: exchange.path)
        } catch {
            throw error == .wrongMethod ? .methodNotAllowed : .notFound
        }
        switch operation {
        case .token: return Reply(answer: token(exchange, now))
        case .download(let id): return Reply(answer: download(id, exchange, now))
        default: return try call(operation, exchange, context, now)
        }
    }

    /// One of the seven operations: who asks, what faults say, and then what was asked for.
    private func call(
        _ operation: Operation, _ exchange: Exchange, _ context: AuditID, _ now: Instant
    ) throws(Refusal) -> Reply {
        let interference = withState(now) { $0.counters.next() }
        var reply = Reply(
            answer: Answer(status: 500, body: []), damage: interference.damage, delay: interference.delay)
        let used = withState(now) { state in
            Result { () throws(Refusal) in try state.tokens.use(exchange.authorization, now: now) }
        }
        let allowance = try used.get()
        do {
            if let refused = try refusal(interference.refusal, allowance) {
                reply.answer = refused
            } else {
                reply.answer = try perform(operation, exchange, now)
            }
        } catch let refusal {
            reply.answer = refusal.answer(context: context)
        }
        reply.answer = reply.answer.with("inin-ratelimit-count", String(allowance.count))
            .with("inin-ratelimit-allowed", String(allowance.allowed)).with("inin-ratelimit-reset", String(allowance.reset))
        return reply
    }

    private func refusal(_ fault: Interference.Refusal?, _ allowance: Tokens.Allowance) throws(Refusal) -> Answer? {
        guard allowance.count <= allowance.allowed else {
            throw .tooManyRequests(allowance.allowed, seconds: allowance.reset)
        }
        guard allowance.isPermitted else { throw .forbidden }
        switch fault {
        case nil: return nil
        case .unauthorized: throw .badToken
        case .forbidden: throw .forbidden
        case .tooManyRequests(let seconds): throw .tooManyRequests(allowance.allowed, seconds: seconds)
        case .tooManyRequestsSilently(let window): throw .tooManyRequests(allowance.allowed, window: window)
        case .internalError: throw .internalError
        case .emptyUnavailable: return Answer(status: 503, body: [], contentType: nil)
        case .gatewayPage:
            let page =
                "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n"
            return Answer(status: 502, body: Array(page.utf8), contentType: "text/html")
        }
    }

    private func perform(_ operation: Operation, _ exchange: Exchange, _ now: Instant) throws(Refusal) -> Answer {
        guard !exchange.isOversize else { throw .requestTooLarge(Exchange.mostBodyBytes) }
        switch operation {
        case .realtimeServiceMapping: return serviceMapping(realtimeOnly: true)
        case .serviceMapping: return serviceMapping(realtimeOnly: false)
        case .createQuery: return try createQuery(exchange, now)
        case .queryStatus(let transaction): return try queryStatus(transaction, now)
        case .queryResults(let transaction): return try queryResults(transaction, exchange, now)
        case .realtimeQuery: return try realtimeQuery(exchange, now)
        case .relatedQuery: return try relatedQuery(exchange, now)
        case .token, .download: throw .notFound
        }
    }
}

extension AuditService.State {
    /// Writes down what became visible.
    mutating func record(_ arrivals: [Audit]) {
        guard truthLog != nil else { return }
        truthLog?.append(arrivals.compactMap(archive.truth))
    }
}
