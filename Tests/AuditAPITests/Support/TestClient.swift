import AuditAPI

extension AuditAPIClient {
    static let secret = "s3cr3t-of-the-test"

    static func test(
        _ transport: any HTTPTransport, endpoints: Endpoints = Endpoints(region: Region("eu-west-1")!),
        clock: ManualClock = ManualClock(), limits: Limits = Limits()
    ) -> AuditAPIClient {
        AuditAPIClient(
            endpoints: endpoints, credentials: Credentials(clientID: "client", secret: Secret(secret)), transport: transport,
            limits: limits, clock: clock.clock)
    }
}

extension Interval {
    static let hour = Interval(Instant("2026-03-02T08:00:00Z")!, Instant("2026-03-02T09:00:00Z")!)
}

extension AuditRealtimeQueryRequest {
    static let hour = AuditRealtimeQueryRequest(interval: .hour)
}

/// What the act throws, if it is this library's error.
func apiError(_ act: () async throws -> some Any) async -> AuditAPIError? {
    do {
        _ = try await act()
        return nil
    } catch {
        return error as? AuditAPIError
    }
}
