import AuditAPI
import Testing

@Suite struct RawPagesTests {
    @Test func `a realtime page has its audits, its numbers and the server's clock`() async throws {
        let entities = #"[{"id":"a","eventDate":"2026-03-02T08:15:04Z"}]"#
        let body = #"{"entities":\#(entities),"pageSize":500,"pageNumber":2,"total":501,"pageCount":2}"#
        let headers: HeaderFields = [
            "date": "Mon, 02 Mar 2026 09:00:00 GMT", "inin-ratelimit-allowed": "300", "inin-correlation-id": "c",
        ]
        let transport = ScriptedTransport(.json(body, headers: headers))
        var request = AuditRealtimeQueryRequest.hour
        request.serviceName = "Architect"
        request.filters = [AuditQueryFilter(property: .entityType, value: "Queue")]
        request.sort = [.ascending]
        request.pageNumber = 2
        request.pageSize = 500
        let page = try await AuditAPIClient.test(transport).realtimeQueryPage(request, expand: [.user])
        #expect(page.page.audits.map(\.id) == [AuditID("a")])
        #expect(page.pageNumber == 2 && page.pageSize == 500 && page.total == 501 && page.pageCount == 2)
        #expect(page.metadata.serverDate == Instant("2026-03-02T09:00:00Z"))
        #expect(page.metadata.rateLimit?.allowed == 300)
        #expect(page.metadata.correlationID == "c")
        let sent = try #require(transport.requests(.realtimeQuery).first)
        #expect(sent.url == "https://api.mypurecloud.ie/api/v2/audits/query/realtime?expand=user")
        #expect(sent.method == .post)
        #expect(sent.header("content-type") == "application/json")
        let expected = [
            #"{"filters":[{"property":"EntityType","value":"Queue"}]"#,
            #""interval":"2026-03-02T08:00:00Z/2026-03-02T09:00:00Z","pageNumber":2,"pageSize":500,"serviceName":"Architect""#,
            #""sort":[{"name":"Timestamp","sortOrder":"ascending"}]}"#,
        ]
        #expect(sent.bodyText == expected.joined(separator: ","))
    }

    @Test(arguments: [
        "", "<html>hello</html>", "{}", #"{"total":5}"#, #"{"entities":null,"total":3}"#, #"{"entities":[{"id":"a"}"#,
        #"{"entities":[{"id":"a"}]}garbage"#, "null",
    ])
    func `an answer that is no page is malformed and never a page without audits`(body: String) async {
        let client = AuditAPIClient.test(ScriptedTransport(.json(body)))
        let error = await apiError { try await client.realtimeQueryPage(.hour) }
        #expect(error?.kind == .malformed)
        let model = await apiError { try await client.realtimeQuery(.hour) }
        #expect(model?.kind == .malformed)
    }

    @Test func `a count of nothing may come without the list`() async throws {
        let client = AuditAPIClient.test(ScriptedTransport(.json(#"{"total":0,"pageCount":0}"#)))
        #expect(try await client.realtimeQueryPage(.hour).page.audits.isEmpty)
    }

    @Test func `a gateway's page of HTML is a server's failure`() async {
        let client = AuditAPIClient.test(ScriptedTransport(.json("<html>502 Bad Gateway</html>", status: 502)))
        let error = await apiError { try await client.realtimeQueryPage(.hour) }
        #expect(error?.kind == .server(status: 502))
        #expect(error?.body == nil)
        #expect(error?.isTransient == true)
    }

    @Test func `related audits are asked for by id`() async throws {
        let transport = ScriptedTransport(.json(#"{"entities":[{"id":"a"},{"id":"b"}]}"#))
        let request = AuditRealtimeRelatedRequest(auditId: "a", trustorOrgId: "o", sort: [.descending])
        let related = try await AuditAPIClient.test(transport).relatedPage(request, expand: [.user])
        #expect(related.page.audits.count == 2)
        let sent = try #require(transport.requests(.realtimeRelated).first)
        #expect(sent.url.hasSuffix("/realtime/related?expand=user"))
        let sort = #"[{"name":"Timestamp","sortOrder":"descending"}]"#
        #expect(sent.bodyText == #"{"auditId":"a","sort":\#(sort),"trustorOrgId":"o"}"#)
    }

    @Test func `an answer without a list of services is malformed`() async throws {
        let client = AuditAPIClient.test(ScriptedTransport(.json("{}")))
        #expect(await apiError { try await client.serviceMapping() }?.kind == .malformed)
        let body = #"{"services":[{"name":"Architect","entities":[{"name":"Flow","actions":["Publish"]}]},{"name":null}]}"#
        let other = AuditAPIClient.test(ScriptedTransport(.json(body)))
        #expect(try await other.realtimeServiceMapping().serviceNames == ["Architect"])
    }

    @Test func `errors of a transport of one's own pass unchanged`() async {
        struct Parked: Error {}
        let client = AuditAPIClient.test(ScriptedTransport { _, _ in throw Parked() })
        await #expect(throws: Parked.self) { try await client.realtimeQueryPage(.hour) }
    }
}
