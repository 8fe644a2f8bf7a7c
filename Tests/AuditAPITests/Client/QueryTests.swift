import AuditAPI
import Testing

@Suite struct QueryTests {
    @Test(arguments: [(200, "Succeeded"), (202, "Queued")])
    func `a query is created with 200 and with 202`(status: Int, state: String) async throws {
        let transport = ScriptedTransport(.json(#"{"id":"t","state":"\#(state)"}"#, status: status))
        let query = try await AuditAPIClient.test(transport).createQuery(AuditQueryRequest(interval: .hour))
        #expect(query.id == "t")
        #expect(query.state?.rawValue == state)
        let sent = try #require(transport.requests(.createQuery).first)
        #expect(sent.url == "https://api.mypurecloud.ie/api/v2/audits/query")
        #expect(sent.bodyText == #"{"interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z"}"#)
    }

    @Test func `a query without an id is malformed`() async {
        let client = AuditAPIClient.test(ScriptedTransport(.json(#"{"state":"Queued"}"#)))
        #expect(await apiError { try await client.createQuery(AuditQueryRequest(interval: .hour)) }?.kind == .malformed)
    }

    @Test func `a query is waited for until it has succeeded`() async throws {
        let states = ["Queued", "Running", "Reticulating", "Succeeded"]
        let transport = ScriptedTransport { request, number in
            request.endpoint == .token
                ? .token("t") : .json(#"{"id":"t","state":"\#(states[number - 1])"}"#, status: number < 4 ? 202 : 200)
        }
        let clock = ManualClock()
        let status = try await AuditAPIClient.test(transport, clock: clock).waitForQuery(transactionID: "t/1")
        #expect(status.state == .succeeded)
        #expect(clock.now == .seconds(6))
        #expect(transport.requests(.queryStatus).allSatisfy { $0.url.hasSuffix("/api/v2/audits/query/t%2F1") })
    }

    @Test(arguments: ["Failed", "Cancelled"])
    func `a query that ended otherwise is an error, never a query without audits`(state: String) async {
        let client = AuditAPIClient.test(ScriptedTransport(.json(#"{"id":"t","state":"\#(state)"}"#)))
        let error = await apiError { try await client.waitForQuery(transactionID: "t") }
        #expect(error?.kind == .queryNotDone(state: QueryState(rawValue: state)))
        #expect(error?.isTransient == false)
    }

    @Test func `waiting has a bound`() async {
        let transport = ScriptedTransport(.json(#"{"id":"t","state":"Running"}"#, status: 202))
        let clock = ManualClock()
        let client = AuditAPIClient.test(transport, clock: clock)
        let error = await apiError {
            try await client.waitForQuery(transactionID: "t", askingEvery: .seconds(3), atMost: .seconds(10))
        }
        #expect(error?.kind == .queryNotDone(state: .running))
        #expect(error?.isTransient == true)
        #expect(clock.now == .seconds(9))
    }
}

@Suite struct QueryResultsTests {
    private static func page(_ response: APIResponse, api: String = "https://api.example") async throws -> QueryResultsPage {
        let client = AuditAPIClient.test(ScriptedTransport(response), endpoints: try Endpoints(api: api))
        return try await client.queryResultsPage(transactionID: "t", allowRedirect: true)
    }

    private static func url(_ page: QueryResultsPage) -> DownloadURL? {
        guard case .download(let url) = page.content else { return nil }
        return url
    }

    @Test func `a page has its audits and the cursor of the next one`() async throws {
        let transport = ScriptedTransport(.json(#"{"id":"t","pageSize":2,"cursor":"n+/=","entities":[{"id":"a"}]}"#))
        let client = AuditAPIClient.test(transport)
        let page = try await client.queryResultsPage(
            transactionID: "t", cursor: "c&d", pageSize: 2, expand: [.user], allowRedirect: true)
        guard case .page(let audits) = page.content else {
            Issue.record("no page")
            return
        }
        #expect(audits.audits.map(\.id) == [AuditID("a")])
        #expect(page.cursor == "n+/=")
        let sent = try #require(transport.requests(.queryResults).first)
        #expect(sent.url.hasSuffix("/query/t/results?cursor=c%26d&pageSize=2&expand=user&allowRedirect=true"))
    }

    @Test func `the last page has no cursor, and an empty page with one is not the last`() async throws {
        #expect(try await QueryResultsTests.page(.json(#"{"id":"t","entities":[{"id":"a"}]}"#)).cursor == nil)
        #expect(try await QueryResultsTests.page(.json(#"{"id":"t","entities":[],"cursor":"c"}"#)).cursor == "c")
    }

    @Test func `a 302 without Location names its file in the body`() async throws {
        let body = #"{"id":"t","pageSize":500,"cursor":"c","downloadUrl":"https://files.example/x?X-Amz-Signature=5e"}"#
        let page = try await QueryResultsTests.page(.json(body, status: 302))
        let url = try #require(QueryResultsTests.url(page))
        #expect(url.text == "https://files.example/x?X-Amz-Signature=5e")
        #expect(url.host == "files.example")
        #expect(page.cursor == "c")
        var shown = "\(url) \(page)"
        dump(page, to: &shown)
        #expect(!shown.contains("X-Amz-Signature"))
    }

    @Test func `a 302 with Location is understood, with a body and without`() async throws {
        let headers: HeaderFields = ["Location": "https://files.example/y"]
        let bare = try await QueryResultsTests.page(APIResponse(status: 302, headers: headers))
        #expect(QueryResultsTests.url(bare)?.text == "https://files.example/y")
        #expect(bare.cursor == nil)
        let both = try await QueryResultsTests.page(
            .json(#"{"cursor":"c","downloadUrl":"https://files.example/x"}"#, status: 302, headers: headers))
        #expect(QueryResultsTests.url(both)?.text == "https://files.example/x")
        #expect(both.cursor == "c")
    }

    @Test func `a 302 whose body is cut off is malformed, since its cursor would be lost`() async {
        let response = APIResponse.json(
            #"{"downloadUrl":"https://files.example/x","cur"#, status: 302, headers: ["location": "https://files.example/x"])
        #expect(await apiError { try await QueryResultsTests.page(response) }?.kind == .malformed)
    }

    @Test(arguments: ["http://files.example/x", "ftp://x/y", "file:///etc/passwd", "/relative", "https://", "https://a b/c"])
    func `an address that may not be downloaded is malformed`(url: String) async {
        let response = APIResponse.json(#"{"downloadUrl":"\#(url)"}"#, status: 302)
        #expect(await apiError { try await QueryResultsTests.page(response) }?.kind == .malformed)
    }

    @Test func `without TLS to the API a file may come without TLS too`() async throws {
        let response = APIResponse.json(#"{"downloadUrl":"http://127.0.0.1:1/x"}"#, status: 302)
        let page = try await QueryResultsTests.page(response, api: "http://127.0.0.1:1")
        #expect(QueryResultsTests.url(page)?.host == "127.0.0.1:1")
    }

    @Test func `a page that is too large and may not be a download says so`() async {
        let response = APIResponse.json(#"{"code":"response.entity.too.large","status":400}"#, status: 400)
        #expect(await apiError { try await QueryResultsTests.page(response) }?.kind == .tooLarge)
    }

    @Test func `the model has the 302 as a case`() async throws {
        let body = #"{"id":"t","pageSize":500,"downloadUrl":"https://files.example/x"}"#
        let client = AuditAPIClient.test(ScriptedTransport(.json(body, status: 302, headers: ["location": "https://l.example"])))
        guard case .large(let large, let location) = try await client.queryResults(transactionID: "t", allowRedirect: true) else {
            Issue.record("no large results")
            return
        }
        #expect(large.downloadUrl == "https://files.example/x")
        #expect(location == "https://l.example")
        #expect(client.downloadURL(large, location: location)?.text == "https://files.example/x")
    }
}
