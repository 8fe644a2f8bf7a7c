import AuditAPI
import AuditCore
import Engine
import EngineTesting
import NIOConcurrencyHelpers
import Testing

@testable import AuditReader

@Suite(.timeLimit(.minutes(5))) struct BudgetedTransportTests {
    private typealias Request = Task<AuditAPIError?, any Error>

    private let clock = VirtualClock()
    private let base = StubTransport()

    private func transport(_ base: StubTransport? = nil, perMinute: Int? = 2) -> BudgetedTransport {
        BudgetedTransport(base ?? self.base, budget: RequestBudget(perMinute: perMinute), clock: clock)
    }

    private func send(
        _ transport: BudgetedTransport, _ name: String, _ endpoint: Endpoint = .realtimeQuery, _ urgency: Urgency = .live
    ) -> Request {
        Task {
            do {
                _ = try await BudgetedTransport.$urgency.withValue(urgency) {
                    try await transport.execute(.to(endpoint, named: name))
                }
                return nil
            } catch let error as AuditAPIError {
                return error
            }
        }
    }

    /// Begins a request that has to wait, beside so many that do.
    private func wait(
        _ transport: BudgetedTransport, _ name: String, _ urgency: Urgency = .live, asSleeper number: Int
    ) async -> Request {
        let request = send(transport, name, .realtimeQuery, urgency)
        await clock.sleepers(number)
        return request
    }

    @Test func `requests that wait go by their urgency`() async throws {
        let transport = transport()
        _ = try await transport.execute(.to(.realtimeQuery, named: "first"))
        let requests = [
            await wait(transport, "old", .catchUp, asSleeper: 1), await wait(transport, "sweep", .sweep, asSleeper: 2),
            await wait(transport, "live", .live, asSleeper: 3), await wait(transport, "live too", .live, asSleeper: 4),
        ]
        for left in (0...3).reversed() {
            clock.advance(to: clock.now() + .seconds(60))
            await clock.sleepers(left)
            await eventually { base.requests.count == requests.count + 1 - left }
        }
        #expect(base.requests.map(\.name) == ["first", "live", "live too", "sweep", "old"])
    }

    @Test func `a request that is cancelled while it waits is not sent, and frees its place`() async throws {
        let transport = transport()
        _ = try await transport.execute(.to(.realtimeQuery, named: "first"))
        let given = await wait(transport, "given up", asSleeper: 1)
        let next = await wait(transport, "next", asSleeper: 2)
        given.cancel()
        await #expect(throws: CancellationError.self) { try await given.value }
        clock.advance(to: .seconds(60))
        #expect(try await next.value == nil)
        #expect(base.requests.map(\.name) == ["first", "next"])
    }

    @Test func `no minute exceeds the budget, however many ask at once`() async throws {
        let sent = NIOLockedValueBox<[Duration]>([])
        let clock = clock
        let base = StubTransport { _ in
            sent.withLockedValue { $0.append(clock.now()) }
            return APIResponse(status: 200)
        }
        let transport = transport(base, perMinute: 24)
        let requests = (0..<60).map { send(transport, "\($0)", .queryStatus, Urgency(rawValue: $0 % 3) ?? .live) }
        while sent.withLockedValue({ $0.count }) < requests.count {
            if let next = clock.deadlines.first { clock.advance(to: next) }
            await Task.yield()
        }
        let times = sent.withLockedValue { $0 }
        let busiest =
            times.indices.map { first in
                times[first...].prefix { $0 < times[first] + .seconds(60) }.count
            }.max() ?? 0
        #expect(busiest <= 24)
    }

    @Test(arguments: [Endpoint.token, .download])
    func `what the API does not count waits for nothing`(endpoint: Endpoint) async throws {
        let transport = transport()
        for _ in 1...5 { _ = try await transport.execute(.to(endpoint)) }
        #expect(clock.now() == .zero)
    }

    @Test func `what other users of the client spend is left to them`() async throws {
        let headers: HeaderFields = [
            "inin-ratelimit-allowed": "300", "inin-ratelimit-count": "240", "inin-ratelimit-reset": "17",
        ]
        let transport = transport(StubTransport { _ in APIResponse(status: 200, headers: headers) }, perMinute: nil)
        _ = try await transport.execute(.to(.realtimeQuery))
        let next = await wait(transport, "next", asSleeper: 1)
        #expect(clock.deadlines == [.seconds(17)])
        clock.advance(to: .seconds(17))
        #expect(try await next.value == nil)
    }

    @Test func `a short refusal holds all requests, those that wait already as well`() async throws {
        let transport = transport()
        _ = try await transport.execute(.to(.realtimeQuery))
        let waiting = await wait(transport, "waiting", asSleeper: 1)
        transport.refused(.realtimeQuery, for: .seconds(100))
        clock.advance(to: .seconds(60))
        await clock.sleepers(1)
        #expect(clock.deadlines == [.seconds(100)])
        clock.advance(to: .seconds(100))
        #expect(try await waiting.value == nil)
    }
}
