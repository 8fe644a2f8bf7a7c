import AuditCore
import Testing

@testable import Simulator

@Suite struct RealtimeTests {
    @Test(arguments: [1, 7, 25, 100, 500], ["ascending", "descending"])
    func `pages hold every realtime audit exactly once and in order`(size: Int, order: String) throws {
        let bench = try Bench { $0.requestsPerMinute = 1000 }
        let pages = try bench.realtimePages(size: size, order: order)
        let entities = pages.flatMap { $0.entities ?? [] }
        #expect(Set(entities.compactMap(\.id)) == bench.realtimeTruth)
        #expect(entities.count == bench.realtimeTruth.count)
        let instants = entities.compactMap { $0.eventDate.flatMap { Instant($0) } }
        #expect(instants == (order == "ascending" ? instants.sorted() : instants.sorted(by: >)))
        #expect(pages.allSatisfy { $0.total == entities.count && $0.pageCount == pages.count && $0.pageSize == size })
    }

    @Test func `a page has 25 audits from the newest on when nothing else is asked for`() throws {
        let bench = try Bench()
        let page = try bench.realtime().page
        #expect(page.entities?.count == 25)
        #expect(page.pageNumber == 1)
        #expect(page.entities?.first?.eventDate ?? "" >= page.entities?.last?.eventDate ?? "~")
    }

    @Test func `a page beyond the last one is empty`() throws {
        let bench = try Bench()
        #expect(try bench.realtime(#","pageNumber":1000"#).page.entities?.isEmpty == true)
        #expect(try bench.realtime(#","pageNumber":9223372036854775807"#).page.entities?.isEmpty == true)
    }

    @Test(arguments: [#","pageSize":501"#, #","pageSize":0"#, #","pageNumber":0"#, #","pageNumber":"x""#])
    func `page numbers and sizes out of bounds are refused`(more: String) throws {
        #expect(try Bench().realtime(more).status == 400)
    }

    @Test func `names of users are there on request only`() throws {
        let bench = try Bench()
        let plain = try bench.realtime(#","pageSize":500"#).page
        let expanded = try bench.realtime(#","pageSize":500"#, expand: true).page
        #expect(plain.ids == expanded.ids)
        #expect(plain.entities?.contains { $0.user?.name != nil } == false)
        #expect(expanded.entities?.allSatisfy { ($0.user?.name != nil) == ($0.user?.id != nil) } == true)
        let refused = try bench.post("/realtime?expand=group", #"{"interval":"\#(bench.interval)"}"#)
        #expect(refused.status == 400 && refused.page.code == "invalid.query.param.value")
    }

    @Test func `one service's audits are asked for by its exact name`() throws {
        let bench = try Bench()
        let page = try bench.realtime(#","pageSize":500,"serviceName":"Directory""#).page
        #expect(page.total ?? 0 > 20)
        #expect(page.entities?.allSatisfy { $0.serviceName == "Directory" } == true)
        #expect(try bench.realtime(#","serviceName":"directory""#).page.total == 0)
        #expect(try bench.realtime(#","serviceName":"Telephony""#).page.total == 0)
    }

    @Test func `filters hold together and mind the case`() throws {
        let bench = try Bench { $0.historyEvents = 1000 }
        func total(_ filters: String) throws -> Int? {
            try bench.realtime(#","filters":[\#(filters)]"#).page.total
        }
        let everything = try bench.realtimePages(size: 500).flatMap { $0.entities ?? [] }
        let queues = everything.filter { $0.entityType == "Queue" }
        #expect(try total(#"{"property":"EntityType","value":"Queue"}"#) == queues.count)
        #expect(try total(#"{"property":"EntityType","value":"queue"}"#) == 0)
        let additions = queues.filter { $0.action == "MemberAdd" }
        #expect(!additions.isEmpty)
        let both = #"{"property":"EntityType","value":"Queue"},{"property":"Action","value":"MemberAdd"}"#
        #expect(try total(both) == additions.count)
        let user = try #require(everything.compactMap(\.user?.id).first)
        #expect(try total(#"{"property":"UserId","value":"\#(user)"}"#) == everything.filter { $0.user?.id == user }.count)
        let client = try #require(everything.compactMap(\.client?.id).first { !$0.isEmpty })
        #expect(
            try total(#"{"property":"ClientId","value":"\#(client)"}"#) == everything.filter { $0.client?.id == client }.count)
        let entity = try #require(everything.compactMap(\.entity?.id).first)
        #expect(
            try total(#"{"property":"EntityId","value":"\#(entity)"}"#) == everything.filter { $0.entity?.id == entity }.count)
    }

    @Test(arguments: [
        #","filters":[{"property":"Level","value":"USER"}]"#, #","filters":[{"property":"Action","value":"Create"}]"#,
        #","filters":[{"property":"UserId"}]"#, #","sort":[{"name":"Id","sortOrder":"ascending"}]"#,
        #","sort":[{"name":"Timestamp","sortOrder":"sideways"}]"#, #","filters":{}"#,
    ])
    func `filters and sorts that are not documented are refused`(more: String) throws {
        #expect(try Bench().realtime(more).status == 400)
    }

    @Test func `short names of the orders are taken as well`() throws {
        let bench = try Bench()
        #expect(
            try bench.realtime(#","sort":[{"name":"Timestamp","sortOrder":"asc"}]"#).page.ids
                == bench.realtime(#","sort":[{"name":"Timestamp","sortOrder":"ascending"}]"#).page.ids)
    }

    @Test func `an interval has its start and not its end`() throws {
        let bench = try Bench()
        let entry = try #require(bench.simulator.truth().first { $0.realtime != nil })
        func total(_ start: Instant, _ end: Instant) throws -> Int {
            try bench.post("/realtime", #"{"interval":"\#(start.text)/\#(end.text)"}"#).page.total ?? -1
        }
        #expect(try total(entry.eventDate, entry.eventDate + .milliseconds(1)) >= 1)
        #expect(try total(entry.eventDate - .milliseconds(1), entry.eventDate) == 0)
    }

    @Test(arguments: [
        "2026-03-02T08:00:00/2026-03-02T09:00:00", "2026-03-02T08:00:00Z/2026-03-02T09:00:00Z",
        "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z",
    ])
    func `intervals are read with and without Z and milliseconds`(interval: String) throws {
        #expect(try Bench().post("/realtime", #"{"interval":"\#(interval)"}"#).page.total ?? 0 > 0)
    }

    @Test(arguments: ["", "x", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z/2026-03-02T08:00:00Z", "2026-03-02/2026-03-03"])
    func `other intervals are refused`(interval: String) throws {
        #expect(try Bench().post("/realtime", #"{"interval":"\#(interval)"}"#).status == 400)
    }

    @Test func `audits older than fourteen days are gone from realtime`() throws {
        let bench = try Bench { $0.tokenLifetime = .seconds(20 * 86_400) }
        let start = (bench.clock.now - .seconds(7200)).text
        bench.clock.move(.seconds(14 * 86_400))
        let (status, page) = try bench.post("/realtime", #"{"interval":"\#(start)/\#(bench.clock.now.text)"}"#)
        #expect(status == 200)
        #expect(page.total == 0)
    }

    @Test func `bodies that are no JSON, of another type or too long are refused`() throws {
        let bench = try Bench()
        #expect(try bench.post("/realtime", "{").status == 400)
        var exchange = Exchange(method: "POST", path: "/api/v2/audits/query/realtime")
        exchange.authorization = "Bearer \(try Bench.token(bench.simulator))"
        exchange.contentType = "text/plain"
        #expect(bench.simulator.service.reply(to: exchange).answer.status == 415)
        exchange.isOversize = true
        #expect(bench.simulator.service.reply(to: exchange).answer.status == 413)
    }

    @Test func `unknown paths and methods get an error body`() throws {
        let bench = try Bench()
        #expect(try bench.get("/realtime/other").status == 404)
        #expect(try bench.get("/realtime").status == 405)
        #expect(try bench.get("/no-such-transaction").status == 404)
    }

    @Test func `the context id of an error is the correlation id of its request`() throws {
        let bench = try Bench()
        let answer = bench.reply("GET", "/api/v2/audits/query/no-such-transaction").answer
        let context = try Bench.decode(Page.self, answer.body).contextId
        #expect(context == answer.headers.first { $0.name.lowercased() == "inin-correlation-id" }?.value)
    }

    @Test func `the realtime services are a part of all services`() throws {
        let bench = try Bench()
        let realtime = try bench.get("/realtime/servicemapping").page.services?.map(\.name) ?? []
        let all = try bench.get("/servicemapping").page.services?.map(\.name) ?? []
        #expect(Set(realtime).isStrictSubset(of: Set(all)))
        #expect(!realtime.contains("Telephony"))
    }

    @Test func `related audits are those of one act`() throws {
        let bench = try Bench { $0.historyEvents = 1000 }
        let trio = try #require(
            try bench.realtimePages(size: 500).flatMap { $0.entities ?? [] }.first { $0.context?["correlationId"] != nil })
        let related = try bench.post("/realtime/related?expand=user", #"{"auditId":"\#(trio.id ?? "")"}"#).page
        #expect(related.entities?.count == 3)
        #expect(related.ids.contains(trio.id ?? "-"))
        #expect(related.entities?.allSatisfy { $0.context?["correlationId"] == trio.context?["correlationId"] } == true)
        #expect(try bench.post("/realtime/related", #"{"auditId":"unknown"}"#).status == 404)
        #expect(try bench.post("/realtime/related", "{}").status == 400)
    }
}
