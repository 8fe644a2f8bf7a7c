import AuditAPI
import NIOConcurrencyHelpers
import Simulator
import Testing

/// A simulated organization behind real HTTP, whose time is that of the test.
struct SimulatedOrganization {
    static let start = Instant("2026-03-02T08:00:00Z")!

    let simulator: Simulator
    let client: AuditAPIClient
    let clock: ManualClock
    /// Every request that was sent.
    let requests: NIOLockedValueBox<[APIRequest]>

    /// The audits that it has had in the hour before it started.
    var history: Interval { Interval(SimulatedOrganization.start - .seconds(3600), SimulatedOrganization.start + .seconds(1)) }

    /// What is true, by id.
    var truth: Set<AuditID> { Set(simulator.truth().map(\.id)) }

    /// The transaction id of a query of the history that is done.
    func succeededQuery() async throws -> String {
        let query = try await client.createQuery(AuditQueryRequest(interval: history, sort: [.ascending]))
        let id = try #require(query.id)
        #expect(try await client.waitForQuery(transactionID: id).id == id)
        return id
    }

    static func run<Result: Sendable>(
        faults: String = "", clientSecret: String = "simulator",
        _ body: @escaping @Sendable (SimulatedOrganization) async throws -> Result
    ) async throws -> Result {
        let clock = ManualClock()
        var configuration = SimulatorConfiguration()
        configuration.historyEvents = 700
        configuration.requestsPerMinute = 10_000
        configuration.now = { start + clock.now }
        if !faults.isEmpty { configuration.faults = try FaultPlan(names: faults) }
        let simulator = try Simulator(configuration)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let transport = AsyncHTTPTransport()
        let outcome: Swift.Result<Result, any Error> = await withTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask {
                try? await simulator.run { ready.yield($0) }
                ready.finish()
            }
            do {
                guard let port = await ports.first(where: { _ in true }) else { throw NotStarted() }
                let recorder = Recorder(transport)
                // All tests wait for each other, and none is about this bound.
                var limits = AuditAPIClient.Limits()
                limits.timeout = .seconds(300)
                let client = AuditAPIClient(
                    endpoints: try Endpoints(api: "http://127.0.0.1:\(port)"),
                    credentials: Credentials(clientID: "simulator", secret: Secret(clientSecret)), transport: recorder,
                    limits: limits, clock: clock.clock)
                let organization = SimulatedOrganization(
                    simulator: simulator, client: client, clock: clock, requests: recorder.requests)
                return .success(try await body(organization))
            } catch {
                return .failure(error)
            }
        }
        try await transport.shutdown()
        return try outcome.get()
    }

    private struct NotStarted: Error {}

    private struct Recorder: HTTPTransport {
        let base: AsyncHTTPTransport
        let requests = NIOLockedValueBox<[APIRequest]>([])

        init(_ base: AsyncHTTPTransport) { self.base = base }

        func execute(_ request: APIRequest) async throws -> APIResponse {
            requests.withLockedValue { $0.append(request) }
            return try await base.execute(request)
        }

        func stream(_ request: APIRequest) async throws -> APIStream {
            requests.withLockedValue { $0.append(request) }
            return try await base.stream(request)
        }
    }
}
