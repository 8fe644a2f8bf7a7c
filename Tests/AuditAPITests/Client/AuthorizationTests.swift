import AuditAPI
import Testing

@Suite struct AuthorizationTests {
    @Test func `a 401 renews the token once, and the request succeeds with the new one`() async throws {
        let transport = ScriptedTransport { request, number in
            if request.endpoint == .token { return .token("token-\(number)") }
            return request.header("authorization") == "Bearer token-2" ? .noAudits : APIResponse(status: 401)
        }
        let client = AuditAPIClient.test(transport)
        _ = try await client.realtimeQueryPage(.hour)
        _ = try await client.realtimeQueryPage(.hour)
        #expect(transport.requests(.token).count == 2)
        #expect(transport.requests(.realtimeQuery).count == 3)
    }

    @Test func `a second 401 is an error, and the request is not sent a third time`() async throws {
        let body = #"{"message":"Invalid login credentials.","code":"bad.credentials","status":401}"#
        let transport = ScriptedTransport(.json(body, status: 401))
        let client = AuditAPIClient.test(transport)
        let error = await apiError { try await client.realtimeQueryPage(.hour) }
        #expect(error?.kind == .unauthorized)
        #expect(error?.endpoint == .realtimeQuery)
        #expect(transport.requests(.token).count == 2)
        #expect(transport.requests(.realtimeQuery).count == 2)
    }

    @Test func `refused credentials fail the operation and send nothing to the API`() async throws {
        let transport = ScriptedTransport { _, _ in .json(#"{"error":"invalid_client"}"#, status: 400) }
        let error = await apiError { try await AuditAPIClient.test(transport).serviceMapping() }
        #expect(error?.kind == .credentialsRefused)
        #expect(error?.endpoint == .token)
        #expect(transport.requests.map(\.endpoint) == [.token])
    }

    @Test func `a 403 is forbidden and is not tried again`() async throws {
        let transport = ScriptedTransport(.json(#"{"code":"missing.permissions"}"#, status: 403))
        let error = await apiError { try await AuditAPIClient.test(transport).realtimeServiceMapping() }
        #expect(error?.kind == .forbidden)
        #expect(transport.requests(.realtimeServiceMapping).count == 1)
    }

    @Test func `no secret and no token shows in a request, a client or an error`() async throws {
        let transport = ScriptedTransport(APIResponse(status: 500))
        let client = AuditAPIClient.test(transport)
        let error = await apiError { try await client.realtimeQueryPage(.hour) }
        var shown = "\(client) \(String(describing: error))"
        dump(client, to: &shown)
        dump(error, to: &shown)
        for request in transport.requests {
            shown += "\(request)"
            dump(request, to: &shown)
        }
        #expect(!shown.contains(AuditAPIClient.secret))
        #expect(!shown.contains("Bearer"))
        #expect(!shown.contains("Basic"))
    }

    @Test func `a cancelled task gets an error of kind cancelled`() async throws {
        let transport = ScriptedTransport { request, _ in
            if request.endpoint == .token { return .token("t") }
            try await Task.sleep(for: .seconds(3600))
            return .noAudits
        }
        let client = AuditAPIClient.test(transport)
        let task = Task { await apiError { try await client.realtimeQueryPage(.hour) } }
        while transport.requests(.realtimeQuery).isEmpty { await Task.yield() }
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
    }
}
