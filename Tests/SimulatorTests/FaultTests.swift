import AuditCore
import Testing

@testable import Simulator

@Suite struct FaultTests {
    @Test func `late audits show up out of order, and all of them in the end`() throws {
        let bench = try Bench(faults: "late fraction=0.3 delay=60s") {
            $0.historyEvents = 0
            $0.eventsPerSecond = 20
        }
        bench.clock.move(.seconds(30))
        let early = try bench.realtimePages(size: 500).flatMap { $0.entities ?? [] }
        bench.clock.move(.seconds(70))
        let newest = early.compactMap(\.eventDate).max() ?? ""
        let late = bench.simulator.truth().filter { entry in
            entry.realtime != nil && entry.eventDate.text < newest && !early.contains { $0.id == entry.id.description }
        }
        #expect(late.count > 20)
        #expect(late.allSatisfy { ($0.realtime ?? $0.eventDate) - $0.eventDate <= .seconds(63) })
    }

    @Test func `lateness changes when audits show, and not what they are`() throws {
        let plain = try Bench()
        let late = try Bench(faults: "late fraction=0.5 delay=1h,shift")
        late.clock.move(.seconds(3700))
        plain.clock.move(.seconds(3700))
        #expect(plain.truth == late.truth)
        #expect(plain.truth.count == 300)
    }

    @Test func `bursts put more than two pages into one second`() throws {
        let bench = try Bench(faults: "same-second") { $0.historyEvents = 3000 }
        let seconds = Dictionary(grouping: bench.simulator.truth().filter { $0.realtime != nil }, by: \.eventDate)
        #expect(seconds.values.map(\.count).max() ?? 0 > 1000)
        #expect(bench.simulator.truth().count == 3000)
    }

    @Test func `pages shift while somebody reads them, and the truth has every audit`() throws {
        let bench = try Bench(faults: "shift fraction=0.2 delay=1h count=5") { $0.history = .seconds(600) }
        let hidden = bench.truth.subtracting(bench.realtimeTruth)
        let pages = try bench.realtimePages(size: 25, order: "descending")
        let totals = pages.compactMap(\.total)
        #expect(totals.first ?? 0 < totals.last ?? 0)
        let ids = pages.flatMap(\.ids)
        #expect(ids.count != Set(ids).count || Set(ids).count < totals.last ?? 0)
        #expect(bench.realtimeTruth.count == totals.last)
        #expect(bench.truth.subtracting(bench.realtimeTruth) == hidden)
        #expect(Set(try bench.realtimePages(size: 500).flatMap(\.ids)).isSuperset(of: ids))
    }

    @Test func `further pages begin with the last audit of the page before`() throws {
        let bench = try Bench(faults: "duplicate")
        let pages = try bench.realtimePages(size: 50)
        #expect(zip(pages, pages.dropFirst()).allSatisfy { $0.ids.last == $1.ids.first })
        #expect(Set(pages.flatMap(\.ids)) == bench.realtimeTruth)
        let asynchronous = try bench.asynchronousPages(size: 50)
        #expect(zip(asynchronous, asynchronous.dropFirst()).allSatisfy { $0.ids.last == $1.ids.first })
        #expect(Set(asynchronous.flatMap(\.ids)) == bench.truth)
    }

    @Test func `audits without an id stand among the others and are not in the truth`() throws {
        let bench = try Bench(faults: "no-id fraction=0.1") { $0.requestsPerMinute = 1000 }
        let entities = try bench.realtimePages(size: 100).flatMap { $0.entities ?? [] }
        #expect(entities.contains { $0.id == nil })
        #expect(Set(entities.compactMap(\.id)) == bench.realtimeTruth)
        #expect(bench.truth == (try Bench().truth))
    }

    @Test func `tokens live five seconds`() throws {
        let bench = try Bench(faults: "expired-token")
        #expect(try bench.realtime().status == 200)
        bench.clock.move(.seconds(5))
        #expect(try bench.realtime().page.code == "bad.credentials")
    }

    @Test func `a token is good for so many requests, and the next one for as many`() throws {
        let bench = try Bench(faults: "expired-token lifetime=1h uses=2")
        #expect(try bench.realtime().status == 200)
        #expect(try bench.realtime().status == 200)
        #expect(try bench.realtime().page.code == "bad.credentials")
    }

    @Test(arguments: [
        ("unauthorized every=2", 401, "bad.credentials"), ("rate-limit every=2", 429, "too.many.requests.retry.after"),
        ("rate-limit-silent every=2", 429, "too.many.requests"),
        ("rate-limit-long every=2", 429, "too.many.requests.retry.after"),
        ("error-500 every=2", 500, "internal.server.error"),
    ])
    func `every second request is refused and the others are not`(fault: String, status: Int, code: String) throws {
        let bench = try Bench(faults: fault)
        for round in 1...6 {
            let answer = try bench.realtime()
            #expect(answer.status == (round % 2 == 0 ? status : 200))
            #expect(answer.page.code == (round % 2 == 0 ? code : nil))
        }
    }

    @Test(arguments: [("rate-limit every=1", "3"), ("rate-limit-silent every=1", nil), ("rate-limit-long every=1", "3600")])
    func `a rate limit says how long to wait, or does not`(fault: String, wait: String?) throws {
        let answer = try Bench(faults: fault).reply("GET", "/api/v2/audits/query/servicemapping").answer
        #expect(answer.headers.first { $0.name == "Retry-After" }?.value == wait)
    }

    @Test func `gateways answer with a page and with nothing`() throws {
        let page = try Bench(faults: "html-502 every=1").reply("GET", "/api/v2/audits/query/servicemapping").answer
        #expect(page.status == 502 && page.contentType == "text/html" && !page.body.isEmpty)
        let nothing = try Bench(faults: "empty-503 every=1").reply("GET", "/api/v2/audits/query/servicemapping").answer
        #expect(nothing.status == 503 && nothing.body.isEmpty)
    }

    @Test func `the missing permission is named`() throws {
        let answer = try Bench(faults: "forbidden").realtime()
        #expect(answer.status == 403 && answer.page.code == "missing.permissions")
        #expect(answer.page.message?.hasSuffix("audits:audit:view") == true)
    }

    @Test(arguments: [
        ("truncate every=2", Interference.Damage.truncated), ("malformed every=2", .malformed), ("reset every=2", .reset),
    ])
    func `every second answer is damaged on its way`(fault: String, damage: Interference.Damage) throws {
        let bench = try Bench(faults: fault)
        let replies = (1...4).map { _ in bench.reply("GET", "/api/v2/audits/query/servicemapping") }
        #expect(replies.map(\.damage) == [nil, damage, nil, damage])
        #expect(replies.allSatisfy { $0.answer.status == 200 })
    }

    @Test func `slow answers are delayed`() throws {
        let reply = try Bench(faults: "slow delay=2s").reply("GET", "/api/v2/audits/query/servicemapping")
        #expect(reply.delay == .seconds(2))
    }

    @Test func `the Date header is off, and the organization is not`() throws {
        let bench = try Bench(faults: "clock-skew seconds=3600")
        let answer = bench.reply("GET", "/api/v2/audits/query/servicemapping").answer
        #expect(answer.headers.first { $0.name == "Date" }?.value == "Mon, 02 Mar 2026 09:15:00 GMT")
        #expect(bench.simulator.truth().allSatisfy { $0.eventDate <= bench.clock.now })
    }

    @Test func `realtime refuses what is too large or too long for it`() throws {
        #expect(try Bench(faults: "service-name-required").realtime().status == 400)
        #expect(try Bench(faults: "service-name-required").realtime(#","serviceName":"Directory""#).status == 200)
        let tooLarge = try Bench(faults: "too-large results=10").realtime()
        #expect(tooLarge.status == 400 && tooLarge.page.code == "response.entity.too.large")
        #expect(try Bench(faults: "page-size-limit").realtime(#","pageSize":101"#).status == 400)
        #expect(try Bench(faults: "page-size-limit").realtime(#","pageSize":100"#).status == 200)
        #expect(try Bench(faults: "timeout-504 span=1h").realtime().status == 504)
        #expect(try Bench(faults: "timeout-504 span=14d").realtime().status == 200)
    }

    @Test func `the ends of an interval may be the other way round`() throws {
        func total(_ faults: String, _ before: Int, _ after: Int) throws -> Int {
            let bench = try Bench(faults: faults)
            let instant = try #require(bench.simulator.truth().first { $0.realtime != nil }).eventDate
            let interval = "\((instant + .milliseconds(before)).text)/\((instant + .milliseconds(after)).text)"
            return try bench.post("/realtime", #"{"interval":"\#(interval)"}"#).page.total ?? -1
        }
        #expect(try total("", 0, 1) > 0)
        #expect(try total("exclusive-start", 0, 1) == 0)
        #expect(try total("", -1, 0) == 0)
        #expect(try total("inclusive-end", -1, 0) > 0)
    }

    @Test(arguments: [("stuck-running", "Running", 202), ("failed-query", "Failed", 200), ("cancelled-query", "Cancelled", 200)])
    func `a query does not succeed, and its results are not there`(fault: String, state: String, status: Int) throws {
        let bench = try Bench(faults: "\(fault) every=2")
        let good = try bench.post("", #"{"interval":"\#(bench.interval)"}"#)
        #expect(good.page.state == "Succeeded")
        let bad = try bench.post("", #"{"interval":"\#(bench.interval)"}"#)
        #expect(bad.page.state == state && bad.status == status)
        bench.clock.move(.seconds(86_000))
        #expect(try bench.get("/\(try #require(bad.page.id))").page.state == state)
        #expect(try bench.get("/\(try #require(bad.page.id))/results").status == 400)
    }

    @Test func `a query is created and then unknown`() throws {
        let bench = try Bench(faults: "vanished-query every=2")
        let good = try bench.post("", #"{"interval":"\#(bench.interval)"}"#)
        let bad = try bench.post("", #"{"interval":"\#(bench.interval)"}"#)
        #expect(bad.status == 200)
        let id = try #require(bad.page.id)
        #expect(try bench.get("/\(id)").status == 404)
        #expect(try bench.get("/\(id)/results").status == 404)
        #expect(try bench.get("/\(try #require(good.page.id))/results").status == 200)
    }

    @Test func `a cursor is refused in the middle`() throws {
        let bench = try Bench(faults: "cursor-refused every=2")
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let cursor = try #require(try bench.get("/\(id)/results").page.cursor)
        #expect(try bench.get("/\(id)/results?cursor=\(cursor)").status == 200)
        #expect(try bench.get("/\(id)/results?cursor=\(cursor)").status == 400)
    }

    @Test func `large pages become downloads`() throws {
        let bench = try Bench(faults: "large-pages bytes=50000")
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        #expect(try bench.get("/\(id)/results?allowRedirect=true").status == 200)
        #expect(try bench.get("/\(id)/results?pageSize=200&allowRedirect=true").status == 302)
        #expect(try bench.get("/\(id)/results?pageSize=200").status == 400)
    }

    @Test func `the 302 may have a Location`() throws {
        let bench = try Bench(faults: "redirect-location") { $0.pageByteLimit = 1000 }
        let id = try #require(try bench.post("", #"{"interval":"\#(bench.interval)"}"#).page.id)
        let answer = bench.reply("GET", "/api/v2/audits/query/\(id)/results?allowRedirect=true").answer
        let page = try Bench.decode(Page.self, answer.body)
        #expect(answer.headers.first { $0.name == "Location" }?.value == page.downloadUrl)
    }

    @Test func `faults of the answers leave the truth alone`() throws {
        let names = Fault.allCases.filter { ![.late, .sameSecond, .shift, .noID].contains($0) }.map(\.rawValue)
        let bench = try Bench(faults: names.joined(separator: ","))
        for _ in 1...50 { _ = bench.reply("POST", "/api/v2/audits/query/realtime", #"{"interval":"\#(bench.interval)"}"#) }
        #expect(bench.simulator.truth() == (try Bench().simulator.truth()))
    }
}
