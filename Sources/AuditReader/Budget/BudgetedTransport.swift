import AuditAPI
import AuditCore
import Engine
import Logging
import NIOConcurrencyHelpers

/// The transport of all requests: keeps the budget, and learns the server's clock and allowance from every answer.
///
/// A request of a family that is parked is not sent: it throws `rateLimited` with what is left of the parking, at once.
final class BudgetedTransport: HTTPTransport {
    /// Of the requests that the current task makes; the client between the reader and here has no word for it.
    @TaskLocal static var urgency = Urgency.live

    private let base: any HTTPTransport
    private let clock: any EngineClock
    private let log: ParkingLog
    private let gate: NIOLockedValueBox<RequestGate>

    init(_ base: any HTTPTransport, budget: RequestBudget, clock: any EngineClock, logger: Logger? = nil) {
        self.base = base
        self.clock = clock
        log = ParkingLog(logger: logger)
        gate = NIOLockedValueBox(RequestGate(budget: budget))
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
        return gate.withLockedValue { $0.serverNow(at: now) }
    }

    /// The API refused a request for its rate. A short wait holds all requests, a long one those of the endpoint's family.
    func refused(_ endpoint: Endpoint?, for wait: Duration?) {
        let now = clock.now()
        let family = endpoint?.family
        let (verdict, server) = gate.withLockedValue { ($0.refused(family, for: wait, at: now), $0.serverNow(at: now)) }
        if case .parked(let until) = verdict, let family {
            log.begins(family, until: server.map { $0 + (until - now) }, lasts: until - now)
        }
    }

    /// Returns when the request may be sent. Cancellation throws, and gives the place to the next.
    private func admit(_ endpoint: Endpoint) async throws {
        guard let family = endpoint.family else { return }
        let urgency = BudgetedTransport.urgency
        let ticket = gate.withLockedValue { $0.join(urgency) }
        while true {
            switch turn(of: ticket, family) {
            case .goes: return
            case .parked(let rest): throw BudgetedTransport.parked(family, endpoint, rest)
            case .waits(let until):
                do { try await clock.sleep(until: until) } catch {
                    gate.withLockedValue { $0.leave(ticket) }
                    throw error
                }
            }
        }
    }

    private func turn(of ticket: RequestQueue.Ticket, _ family: RequestFamily) -> RequestGate.Turn {
        let now = clock.now()
        let (turn, ended) = gate.withLockedValue { $0.turn(of: ticket, family, at: now) }
        for family in ended { log.ends(family) }
        return turn
    }

    private static func parked(_ family: RequestFamily, _ endpoint: Endpoint, _ rest: Duration) -> AuditAPIError {
        AuditAPIError(
            .rateLimited(wait: rest), "\(family.rawValue) requests are parked: the API refused one for long", endpoint: endpoint)
    }

    private func learn(from metadata: ResponseMetadata, _ endpoint: Endpoint) {
        let isCounted = endpoint.family != nil
        guard isCounted || endpoint == .token else { return }
        let now = clock.now()
        gate.withLockedValue { gate in
            gate.answered(metadata.serverDate, isCounted: isCounted, at: now)
            if isCounted, let limit = metadata.rateLimit {
                gate.allowed(limit.allowed, count: limit.count, reset: limit.reset, at: now)
            }
        }
    }
}

extension Endpoint {
    /// What the API limits it with; `nil` for what it does not count against the client's allowance.
    fileprivate var family: RequestFamily? {
        switch self {
        case .realtimeQuery: .realtime
        case .createQuery, .queryStatus, .queryResults: .asynchronous
        // A person's question about one audit is not to park the live ring.
        case .realtimeRelated, .realtimeServiceMapping, .serviceMapping: .other
        case .token, .download: nil
        }
    }
}
