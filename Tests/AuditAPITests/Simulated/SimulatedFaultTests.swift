import AuditAPI
import Testing

/// What goes wrong, over real HTTP.
@Suite(.timeLimit(.minutes(5))) struct SimulatedFaultTests {
    private static func failure(_ faults: String, secret: String = "simulator") async throws -> AuditAPIError? {
        try await SimulatedOrganization.run(faults: faults, clientSecret: secret) { organization in
            await apiError {
                try await organization.client.authenticate()
                return try await organization.client.realtimeQueryPage(
                    AuditRealtimeQueryRequest(interval: organization.history, pageSize: 100))
            }
        }
    }

    @Test(arguments: [
        ("html-502 every=1", AuditAPIError.Kind.server(status: 502)), ("empty-503 every=1", .server(status: 503)),
        ("error-500 every=1", .server(status: 500)), ("malformed every=1", .malformed), ("forbidden", .forbidden),
        ("rate-limit every=1 wait=3s", .rateLimited(wait: .seconds(3))),
        ("rate-limit-long every=1 wait=1h", .rateLimited(wait: .seconds(3600))),
        ("unauthorized every=1", .unauthorized),
        ("too-large results=10", .tooLarge), ("timeout-504 span=1m", .timeout),
    ])
    func `each fault is an error of its kind`(fault: String, kind: AuditAPIError.Kind) async throws {
        #expect(try await SimulatedFaultTests.failure(fault)?.kind == kind)
    }

    @Test(arguments: ["truncate every=1", "reset every=1"])
    func `an answer that breaks off is a failure of the connection`(fault: String) async throws {
        let error = try await SimulatedFaultTests.failure(fault)
        #expect(error?.kind == .connection || error?.kind == .malformed)
        #expect(error?.isTransient == true)
    }

    @Test func `a wrong secret is refused by the login host`() async throws {
        let error = try await SimulatedFaultTests.failure("", secret: "wrong")
        #expect(error?.kind == .credentialsRefused)
        #expect(error.map { "\($0)".contains("wrong") } == false)
    }

    @Test func `a token is renewed before its end, so that no request meets an expired one`() async throws {
        try await SimulatedOrganization.run(faults: "expired-token lifetime=100s") { organization in
            for _ in 0..<10 {
                _ = try await organization.client.serviceMapping()
                organization.clock.advance(.seconds(30))
            }
            // At 0 s, and then whenever a tenth of the life is left: at 90 s, 180 s and 270 s.
            let endpoints = organization.requests.withLockedValue { $0.map(\.endpoint) }
            #expect(endpoints.count { $0 == .token } == 4)
            #expect(endpoints.count { $0 == .serviceMapping } == 10)
        }
    }

    @Test(arguments: [("failed-query", QueryState.failed), ("cancelled-query", .cancelled), ("stuck-running", .running)])
    func `a query that does not succeed is an error`(fault: String, state: QueryState) async throws {
        let error = try await SimulatedOrganization.run(faults: "\(fault) every=1") { organization in
            await apiError {
                let query = try await organization.client.createQuery(AuditQueryRequest(interval: organization.history))
                return try await organization.client.waitForQuery(transactionID: query.id ?? "", atMost: .seconds(30))
            }
        }
        #expect(error?.kind == .queryNotDone(state: state))
    }

    @Test func `a query that the API has forgotten is an error of its own`() async throws {
        let error = try await SimulatedOrganization.run(faults: "vanished-query every=1") { organization in
            await apiError {
                let query = try await organization.client.createQuery(AuditQueryRequest(interval: organization.history))
                return try await organization.client.waitForQuery(transactionID: query.id ?? "", atMost: .seconds(30))
            }
        }
        #expect(error?.kind == .notFound)
    }
}
