import AuditCore
import NIOConcurrencyHelpers
import Testing

@testable import AuditAPI

@Suite(.timeLimit(.minutes(5))) struct TokenSourceTests {
    /// Opens once.
    private actor Gate {
        private var isOpen = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func pass() async {
            if !isOpen { await withCheckedContinuation { waiting.append($0) } }
        }

        func open() {
            isOpen = true
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
    }

    private static func source(_ transport: any HTTPTransport, _ clock: ManualClock = ManualClock()) -> TokenSource {
        TokenSource(
            Endpoints(region: Region("eu-west-1")!), Credentials(clientID: "client", secret: Secret("s3cr3t")), transport,
            timeout: .seconds(1), clock: clock.clock)
    }

    @Test func `requests at the same time share one renewal`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, _ in
            await gate.pass()
            return .token("shared")
        }
        let source = TokenSourceTests.source(transport)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await source.grant().token.reveal() } }
            while await source.waitingCount < 19 { await Task.yield() }
            await gate.open()
            for try await token in group { #expect(token == "shared") }
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `a failed renewal fails all that waited for it, and the next request tries again`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, number in
            guard number == 1 else { return .token("later") }
            await gate.pass()
            return APIResponse(status: 503)
        }
        let source = TokenSourceTests.source(transport)
        await withTaskGroup(of: AuditAPIError?.self) { group in
            for _ in 0..<5 { group.addTask { await apiError { try await source.grant() } } }
            while await source.waitingCount < 4 { await Task.yield() }
            await gate.open()
            for await error in group { #expect(error?.kind == .server(status: 503)) }
        }
        #expect(try await source.grant().token == Secret("later"))
    }

    @Test func `when the request that renews is cancelled, another one renews`() async throws {
        let transport = ScriptedTransport { _, number in
            if number == 1 { try await Task.sleep(for: .seconds(3600)) }
            return .token("second")
        }
        let source = TokenSourceTests.source(transport)
        let first = Task { try await source.grant() }
        while transport.requests.isEmpty { await Task.yield() }
        let second = Task { try await source.grant() }
        while await source.waitingCount < 1 { await Task.yield() }
        first.cancel()
        #expect(try await second.value.token == Secret("second"))
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(transport.requests.count == 2)
    }

    @Test func `a cancelled request stops waiting at once`() async throws {
        let gate = Gate()
        let transport = ScriptedTransport { _, _ in
            await gate.pass()
            return .token("t")
        }
        let source = TokenSourceTests.source(transport)
        let first = Task { try await source.grant() }
        while transport.requests.isEmpty { await Task.yield() }
        let second = Task { try await source.grant() }
        while await source.waitingCount < 1 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        await gate.open()
        #expect(try await first.value.token == Secret("t"))
    }

    @Test func `a token is renewed before its end, and while that fails the old one serves`() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport { _, number in
            switch number {
            case 1: .token("old", lifetime: 1000)
            case 2: APIResponse(status: 502, body: Array("<html>bad gateway</html>".utf8))
            default: .token("new", lifetime: 1000)
            }
        }
        let source = TokenSourceTests.source(transport, clock)
        #expect(try await source.grant().token == Secret("old"))
        clock.advance(.seconds(899))
        #expect(try await source.grant().token == Secret("old"))
        #expect(transport.requests.count == 1)
        clock.advance(.seconds(1))
        #expect(try await source.grant().token == Secret("old"))
        #expect(transport.requests.count == 2)
        clock.advance(.seconds(50))
        #expect(try await source.grant().token == Secret("new"))
    }

    @Test func `the request for a token has the credentials and the grant, and nothing else`() async throws {
        let transport = ScriptedTransport(.noAudits)
        _ = try await TokenSourceTests.source(transport).grant()
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://login.mypurecloud.ie/oauth/token")
        #expect(request.header("authorization") == "Basic Y2xpZW50OnMzY3IzdA==")
        #expect(request.header("content-type") == "application/x-www-form-urlencoded")
        #expect(request.bodyText == "grant_type=client_credentials")
        #expect(!"\(request)".contains("Basic"))
    }
}
