import AuditAPI
import AuditCore
import Engine
import NIOConcurrencyHelpers

/// The transport of all requests: keeps the budget, and learns the server's clock and allowance from every answer.
final class BudgetedTransport: HTTPTransport {
    /// A 429 that names no time.
    private static let unnamedWait = Duration.seconds(3)

    private struct State {
        var budget: RequestBudget
        var server = ServerClock()
    }

    private let base: any HTTPTransport
    private let clock: any EngineClock
    private let state: NIOLockedValueBox<State>

    init(_ base: any HTTPTransport, budget: RequestBudget, clock: any EngineClock) {
        self.base = base
        self.clock = clock
        state = NIOLockedValueBox(State(budget: budget))
    }

    func execute(_ request: APIRequest) async throws -> APIResponse {
        try await admit(request.endpoint)
        let response = try await base.execute(request)
        learn(from: response.metadata, request.endpoint)
        return response
    }

    func stream(_ request: APIRequest) async throws -> APIStream {
        try await admit(request.endpoint)
        let stream = try await base.stream(request)
        learn(from: stream.response.metadata, request.endpoint)
        return stream
    }

    func serverNow() -> Instant? {
        let now = clock.now()
        return state.withLockedValue { $0.server.now(at: now) }
    }

    /// All requests are held for that long.
    func park(for duration: Duration?) {
        let until = clock.now() + (duration ?? BudgetedTransport.unnamedWait)
        state.withLockedValue { $0.budget.park(until: until) }
    }

    private func admit(_ endpoint: Endpoint) async throws {
        guard endpoint.isCounted else { return }
        let now = clock.now()
        let wait = state.withLockedValue { $0.budget.reserve(at: now) }
        if wait > .zero { try await clock.sleep(until: now + wait) }
        // A refusal may have come in the meantime.
        while case let parked = state.withLockedValue({ $0.budget.parkedUntil }), parked > clock.now() {
            try await clock.sleep(until: parked)
        }
    }

    private func learn(from metadata: ResponseMetadata, _ endpoint: Endpoint) {
        guard endpoint.isCounted || endpoint == .token else { return }
        let now = clock.now()
        state.withLockedValue { state in
            // The login host's clock is another one: it does until the API has answered.
            if let date = metadata.serverDate, endpoint.isCounted || state.server.now(at: now) == nil {
                state.server.answered(date, at: now)
            }
            if endpoint.isCounted, let limit = metadata.rateLimit {
                state.budget.answered(allowed: limit.allowed, count: limit.count, reset: limit.reset, at: now)
            }
        }
    }
}

extension Endpoint {
    /// Whether the API counts it against the client's allowance.
    fileprivate var isCounted: Bool { self != .token && self != .download }
}
