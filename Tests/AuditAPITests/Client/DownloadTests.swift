import AuditAPI
import Testing

@Suite struct DownloadTests {
    private static let large = APIResponse.json(#"{"downloadUrl":"https://files.example/x?signature=5e"}"#, status: 302)

    /// The pieces of a file that the scripted host serves.
    private static func pieces(_ file: APIResponse, _ limits: AuditAPIClient.Limits = .init()) async throws -> [AuditPage] {
        let transport = transport(file)
        let client = AuditAPIClient.test(transport, limits: limits)
        let page = try await client.queryResultsPage(transactionID: "t", allowRedirect: true)
        guard case .download(let url) = page.content else { return [] }
        var pieces: [AuditPage] = []
        for try await piece in client.download(url) { pieces.append(piece) }
        let sent = try #require(transport.requests(.download).first)
        #expect(sent.url == "https://files.example/x?signature=5e")
        #expect(sent.header("authorization") == nil)
        #expect(sent.headers.allSatisfy { !$0.value.contains("bearer-token") })
        return pieces
    }

    private static func transport(_ file: APIResponse) -> ScriptedTransport {
        ScriptedTransport(chunkSize: 33) { request, _ in
            switch request.endpoint {
            case .token: .token("bearer-token")
            case .download: file
            default: large
            }
        }
    }

    @Test func `a file is read without the bearer token, in pieces`() async throws {
        let audit = #"{"id":"0b6f2a52-9d0e-4a0e-8f5b-1f6f3f6b8a01","eventTime":"2026-03-02T08:15:04Z"}"#
        let file = "[" + Array(repeating: audit, count: 8000).joined(separator: ",\n") + "]"
        let pieces = try await DownloadTests.pieces(.json(file))
        #expect(pieces.count == 3)
        #expect(pieces.flatMap(\.audits).count == 8000)
        #expect(pieces.flatMap(\.audits).allSatisfy { $0.instant == Instant("2026-03-02T08:15:04Z") })
    }

    @Test(arguments: [#"[{"id":"a"},{"id":"b"}"#, #"[{"id":"a"},{"#, "", "<Error>AccessDenied</Error>", #"{"entities":[]}"#])
    func `a file that is cut off or is no list fails`(file: String) async {
        let error = await apiError { try await DownloadTests.pieces(.json(file)) }
        #expect(error?.kind == .malformed)
        #expect(error?.endpoint == .download)
    }

    @Test func `an expired address is no missing permission, and shows nothing of its signature`() async {
        let error = await apiError { try await DownloadTests.pieces(.json("<Error>expired</Error>", status: 403)) }
        #expect(error?.kind == .downloadRefused(status: 403))
        #expect(error?.isTransient == true)
        #expect(error.map { "\($0)".contains("signature") } == false)
    }

    @Test func `a redirect of the file's host is not followed`() async {
        let response = APIResponse(status: 302, headers: ["location": "https://elsewhere.example"])
        #expect(await apiError { try await DownloadTests.pieces(response) }?.kind == .unexpected(status: 302))
    }

    @Test func `a file has a largest size`() async {
        var limits = AuditAPIClient.Limits()
        limits.download = 1000
        let file = "[" + String(repeating: " ", count: 2000) + "]"
        #expect(await apiError { try await DownloadTests.pieces(.json(file), limits) }?.kind == .malformed)
    }

    @Test func `all results are read by the cursor, through pages and downloads alike`() async throws {
        let transport = ScriptedTransport { request, number in
            switch (request.endpoint, number) {
            case (.token, _): .token("bearer-token")
            case (.download, _): .json(#"[{"id":"c","eventTime":"2026-03-02T08:15:04Z","clientId":{"id":"x"}},{"id":"d"}]"#)
            case (_, 1): .json(#"{"id":"t","cursor":"2","entities":[{"id":"a"},{"id":"b"}]}"#)
            case (_, 2): .json(#"{"id":"t","cursor":"3","downloadUrl":"https://files.example/x"}"#, status: 302)
            case (_, 3): .json(#"{"id":"t","cursor":"4","entities":[]}"#)
            default: .json(#"{"id":"t","entities":[{"id":"e"}]}"#)
            }
        }
        var audits: [AuditLogMessage] = []
        for try await audit in AuditAPIClient.test(transport).auditResults(transactionID: "t") { audits.append(audit) }
        #expect(audits.map(\.id) == ["a", "b", "c", "d", "e"])
        #expect(audits[2].eventDate == "2026-03-02T08:15:04Z")
        #expect(audits[2].client?.id == "x")
        let cursors = transport.requests(.queryResults).map { $0.url.split(separator: "?")[1].split(separator: "&")[0] }
        #expect(cursors == ["pageSize=500", "cursor=2", "cursor=3", "cursor=4"])
    }

    @Test func `a sequence of results that failed has ended`() async throws {
        let transport = ScriptedTransport(
            .json(#"{"id":"t","cursor":"2","entities":[{"id":"a"}]}"#), APIResponse(status: 503),
            .json(#"{"id":"t","entities":[{"id":"b"}]}"#))
        var iterator = AuditAPIClient.test(transport).auditResults(transactionID: "t").makeAsyncIterator()
        #expect(try await iterator.next()?.id == "a")
        await #expect(throws: AuditAPIError.self) { try await iterator.next() }
        #expect(try await iterator.next() == nil)
    }
}

@Suite struct RealtimeAuditsTests {
    @Test func `all pages of a query are read, oldest first`() async throws {
        let transport = ScriptedTransport { request, number in
            request.endpoint == .token
                ? .token("t") : .json(#"{"entities":[{"id":"\#(number)"}],"pageNumber":\#(number),"total":3,"pageCount":3}"#)
        }
        var ids: [String?] = []
        let audits = AuditAPIClient.test(transport).realtimeAudits(in: .hour, service: "Architect", expand: [.user], pageSize: 1)
        for try await audit in audits { ids.append(audit.id) }
        #expect(ids == ["1", "2", "3"])
        #expect(transport.requests(.realtimeQuery).map { $0.bodyText.contains("ascending") } == [true, true, true])
    }

    @Test func `without a count of pages the first page that is not full is the last`() async throws {
        let transport = ScriptedTransport(
            .json(#"{"entities":[{"id":"a"},{"id":"b"}]}"#), .json(#"{"entities":[{"id":"c"}]}"#))
        var ids: [String?] = []
        for try await audit in AuditAPIClient.test(transport).realtimeAudits(in: .hour, pageSize: 2) { ids.append(audit.id) }
        #expect(ids == ["a", "b", "c"])
    }
}
