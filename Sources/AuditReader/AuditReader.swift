import AuditAPI
import AuditCore
import Engine
import Logging
import NIOConcurrencyHelpers

/// The one adapter between the API and the engine: turns windows into pages of audits, and owns the request budget.
///
/// Retries nothing itself: what can be tried again is said so, and the engine decides.
public final class AuditReader: AuditSource {
    /// The window of the query that finds out whether the API takes one without a service.
    private static let probe = Duration.seconds(60)

    public let client: AuditAPIClient
    let settings: ReaderSettings
    let transport: BudgetedTransport
    let clock: any EngineClock
    /// What the API has taken so far as the size of a page of asynchronous results.
    let resultsPageSize = NIOLockedValueBox(AuditAPIClient.largestResultsPage)

    /// - Parameters:
    ///   - transport: carries every request; it stays the caller's to shut down.
    ///   - logger: told when requests are parked, since the API refuses them for long, and when they go on.
    public init(
        endpoints: Endpoints, credentials: Credentials, settings: ReaderSettings, transport: any HTTPTransport,
        clock: any EngineClock = MonotonicClock(), logger: Logger? = nil
    ) {
        self.settings = settings
        self.clock = clock
        let budget = RequestBudget(perMinute: settings.requestsPerMinute)
        self.transport = BudgetedTransport(transport, budget: budget, clock: clock, logger: logger)
        client = AuditAPIClient(endpoints: endpoints, credentials: credentials, transport: self.transport)
    }

    public func serverNow() -> Instant? { transport.serverNow() }

    public func lanes() async throws(ReadFailure) -> [Lane] {
        let realtime = settings.readsRealtime ? try await realtimeLanes() : []
        return settings.readsAsynchronous ? realtime + (try await asynchronousLanes()) : realtime
    }

    private func asynchronousLanes() async throws(ReadFailure) -> [Lane] {
        let endpoint = Lane.Endpoint.asynchronous
        if let services = settings.services {
            return services.filter { !settings.excludedServices.contains($0) }.map { Lane(service: $0, endpoint: endpoint) }
        }
        if settings.excludedServices.isEmpty { return [Lane(service: nil, endpoint: endpoint)] }
        let mapping = try await failing(Lane(service: nil, endpoint: endpoint)) { try await client.serviceMapping() }
        let names = (mapping.services ?? []).compactMap(\.name).filter { !settings.excludedServices.contains($0) }
        return names.map { Lane(service: $0, endpoint: endpoint) }
    }

    private func realtimeLanes() async throws(ReadFailure) -> [Lane] {
        if let services = settings.services {
            return services.filter { !settings.excludedServices.contains($0) }.map { Lane(service: $0) }
        }
        if settings.excludedServices.isEmpty, try await acceptsAllServices() { return [.all] }
        let mapping = try await failing(.all) { try await client.realtimeServiceMapping() }
        let names = (mapping.services ?? []).compactMap(\.name).filter { !settings.excludedServices.contains($0) }
        guard !names.isEmpty else { throw .transient("the realtime service mapping names no service", delay: nil) }
        return names.map { Lane(service: $0) }
    }

    public func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        let result = await BudgetedTransport.$urgency.withValue(request.urgency) { () async -> Result<PageReading, ReadFailure> in
            do throws(ReadFailure) { return .success(try await page(request)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func page(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        switch request.position {
        case .page(let number, let size): try await realtime(request, number, size)
        case .asynchronous(nil): try await startQuery(request)
        case .asynchronous(let continuation?): try await goOn(request, continuation)
        }
    }

    private func acceptsAllServices() async throws(ReadFailure) -> Bool {
        guard let now = serverNow() else { throw .transient("the server's time is not known yet", delay: nil) }
        let query = AuditRealtimeQueryRequest(
            interval: Interval(now - AuditReader.probe, now), sort: [.ascending], pageNumber: 1, pageSize: 1)
        do {
            _ = try await failing(.all) { try await client.realtimeQueryPage(query) }
            return true
        } catch {
            switch error {
            case .serviceRequired, .pageSize: return false
            default: throw error
            }
        }
    }

    private func realtime(_ request: ReadRequest, _ number: Int, _ size: Int) async throws(ReadFailure) -> PageReading {
        let query = AuditRealtimeQueryRequest(
            interval: request.interval, serviceName: request.lane.service, filters: settings.filters, sort: [.ascending],
            pageNumber: number, pageSize: size)
        let answer = try await failing(request.lane) {
            try await client.realtimeQueryPage(query, expand: settings.expand)
        }
        return PageReading(
            page: answer.page,
            rest: .numbered(
                total: answer.total.flatMap { Int(exactly: $0) }, pageCount: answer.pageCount, pageSize: answer.pageSize))
    }

    /// Gives every error the engine's name.
    func failing<Value>(_ lane: Lane, _ work: () async throws -> Value) async throws(ReadFailure) -> Value {
        do {
            return try await work()
        } catch let error as AuditAPIError {
            // Without a status it is the transport's own: parked, and known to it.
            if case .rateLimited(let wait) = error.kind, error.status != nil { transport.refused(error.endpoint, for: wait) }
            throw ReadFailure(error, lane: lane)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .transient("\(error)", delay: nil)
        }
    }
}
