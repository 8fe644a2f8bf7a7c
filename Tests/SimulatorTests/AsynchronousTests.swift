import AuditCore
import Testing

@testable import Simulator

@Suite struct AsynchronousTests {
    @Test func `a query goes from queued over running to succeeded`() throws {
        let bench = try Bench { $0.asynchronousDelay = .seconds(4) }
        let created = try bench.post("", #"{"interval":"\#(bench.interval)","serviceName":"Directory"}"#)
        #expect(created.status == 202)
        #expect(created.page.state == "Queued")
        #expect(created.page.interval == bench.interval)
        let id = try #require(created.page.id)
        bench.clock.move(.seconds(1))
        #expect(try bench.get("/\(id)").status == 202)
        #expect(try bench.get("/\(id)").page.state == "Running")
        #expect(try bench.get("/\(id)/results").status == 400)
        bench.clock.move(.seconds(3))
        #expect(try bench.get("/\(id)").status == 200)
        #expect(try bench.get("/\(id)").page.state == "Succeeded")
        #expect(try bench.get("/\(id)/results").page.entities?.count == 25)
    }

    @Test func `a query without a delay has succeeded when it is created`() throws {
        let bench = try Bench()
        let created = try bench.post("", #"{"interval":"\#(bench.interval)"}"#)
        #expect(created.status == 200 && created.page.state == "Succeeded")
    }

    @Test(arguments: [1, 25, 149, 150, 300, 500])
    func `results hold every audit of every service, and the last page has no cursor`(size: Int) throws {
        let bench = try Bench { $0.requestsPerMinute = 1000 }
        let pages = try bench.asynchronousPages(size: size)
        #expect(pages.flatMap(\.ids).count == bench.truth.count)
        #expect(Set(pages.flatMap(\.ids)) == bench.truth)
        #expect(bench.realtimeTruth.isStrictSubset(of: bench.truth))
        #expect(pages.count == (300 + size - 1) / size)
    }

    @Test func `results are what the query found when it was asked`() throws {
        let bench = try Bench { $0.eventsPerSecond = 5 }
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let before = try bench.get("/\(id)/results?pageSize=500").page.ids
        bench.clock.move(.seconds(30))
        #expect(bench.simulator.truth().count > before.count + 100)
        #expect(try bench.get("/\(id)/results?pageSize=500").page.ids == before)
    }

    @Test(arguments: ["pageSize=501", "pageSize=0", "pageSize=x", "expand=x", "allowRedirect=maybe", "cursor=zzz"])
    func `parameters out of bounds are refused`(query: String) throws {
        let bench = try Bench()
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        #expect(try bench.get("/\(id)/results?\(query)").status == 400)
    }

    @Test func `a cursor is good for its own query only`() throws {
        let bench = try Bench()
        let first = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let second = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let cursor = try #require(try bench.get("/\(first)/results").page.cursor)
        #expect(try bench.get("/\(first)/results?cursor=\(cursor)").status == 200)
        #expect(try bench.get("/\(second)/results?cursor=\(cursor)").status == 400)
    }

    @Test func `more than 31 days are refused in the known words`() throws {
        let bench = try Bench()
        let end = bench.clock.now
        let exact = try bench.post("", #"{"interval":"\#((end - .seconds(31 * 86_400)).text)/\#(end.text)"}"#)
        #expect(exact.status == 200)
        let more = try bench.post("", #"{"interval":"\#((end - .seconds(31 * 86_400 + 1)).text)/\#(end.text)"}"#)
        #expect(more.status == 400)
        #expect(more.page.message?.contains("does not exceed 31 days") == true)
    }

    @Test func `old transactions are forgotten`() throws {
        let bench = try Bench { $0.requestsPerMinute = 10_000 }
        let first = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        for _ in 1..<Transactions.mostTransactions { _ = try bench.post("", #"{"interval":"\#(bench.interval)"}"#) }
        #expect(try bench.get("/\(first)").status == 200)
        _ = try bench.post("", #"{"interval":"\#(bench.interval)"}"#)
        #expect(try bench.get("/\(first)").status == 404)
    }

    @Test func `a page over the limit is a download for who allows it`() throws {
        let bench = try Bench { $0.pageByteLimit = 60_000 }
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let refused = try bench.get("/\(id)/results?pageSize=200")
        #expect(refused.status == 400 && refused.page.code == "response.entity.too.large")
        let answer = bench.reply("GET", "/api/v2/audits/query/\(id)/results?pageSize=200&allowRedirect=true").answer
        #expect(answer.status == 302)
        #expect(!answer.headers.contains { $0.name == "Location" })
        let page = try Bench.decode(Page.self, answer.body)
        let address = try #require(page.downloadUrl)
        #expect(address.hasPrefix("http://simulator.test/downloads/"))
        let rest = try bench.get("/\(id)/results?pageSize=25&cursor=\(try #require(page.cursor))").page
        let entities = try download(address, bench)
        #expect(entities.count == 200)
        #expect(entities.allSatisfy { $0.eventTime != nil && $0.eventDate == nil })
        #expect(Set(entities.compactMap(\.id)).isDisjoint(with: rest.ids))
    }

    @Test func `a download refuses a second authorization and ends`() throws {
        let bench = try Bench { $0.pageByteLimit = 1000 }
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let address = try #require(try bench.get("/\(id)/results?allowRedirect=true").page.downloadUrl)
        let path = String(address.dropFirst("http://simulator.test".count))
        #expect(bench.reply("GET", path).answer.status == 403)
        #expect(try download(address, bench).count == 25)
        bench.clock.move(Downloads.lifetime)
        #expect(throws: (any Error).self) { try download(address, bench) }
    }

    @Test func `the asynchronous endpoint may lag behind`() throws {
        let bench = try Bench {
            $0.historyEvents = 0
            $0.eventsPerSecond = 10
            $0.asynchronousVisibilityDelay = .seconds(30)
        }
        bench.clock.move(.seconds(20))
        #expect(try bench.asynchronousPages(size: 500).flatMap(\.ids).isEmpty)
        let early = bench.truth
        #expect(early.count > 150)
        bench.clock.move(.seconds(30))
        #expect(Set(try bench.asynchronousPages(size: 500).flatMap(\.ids)) == early)
    }

    private func download(_ address: String, _ bench: Bench) throws -> [Page.Entity] {
        let path = address.dropFirst("http://simulator.test".count).prefix { $0 != "?" }
        let answer = bench.simulator.service.reply(to: Exchange(method: "GET", path: String(path))).answer
        return try Bench.decode([Page.Entity].self, answer.body)
    }
}
