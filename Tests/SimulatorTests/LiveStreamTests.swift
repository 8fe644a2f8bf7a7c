import AuditCore
import FoundationEssentials
import Testing

@testable import Simulator

@Suite struct LiveStreamTests {
    private func bench(_ configure: (inout SimulatorConfiguration) -> Void = { _ in }) throws -> Bench {
        try Bench {
            $0.historyEvents = 0
            $0.eventsPerSecond = 10
            configure(&$0)
        }
    }

    @Test func `audits come into existence at their rate while time passes`() throws {
        let bench = try bench()
        #expect(bench.simulator.truth().count <= 1)
        bench.clock.move(.seconds(100))
        #expect((950...1050).contains(bench.simulator.truth().count))
        let before = bench.truth
        bench.clock.move(.seconds(100))
        #expect(bench.truth.isStrictSuperset(of: before))
        #expect((1950...2050).contains(bench.simulator.truth().count))
    }

    @Test func `no audit is seen before its time, and none is seen late`() throws {
        let bench = try bench()
        bench.clock.move(.seconds(60))
        for entry in bench.simulator.truth() {
            #expect(entry.asynchronous >= entry.eventDate && entry.asynchronous <= bench.clock.now)
            #expect(entry.asynchronous - entry.eventDate < .seconds(1))
        }
    }

    @Test func `how often somebody asks does not change what exists`() throws {
        let often = try bench()
        let once = try bench()
        for _ in 1...600 {
            often.clock.move(.milliseconds(100))
            _ = try often.realtime(#","serviceName":"Directory""#)
        }
        once.clock.move(.seconds(60))
        #expect(often.simulator.truth() == once.simulator.truth())
        #expect(try often.realtime(#","pageSize":500"#).page.ids == once.realtime(#","pageSize":500"#).page.ids)
        let directory = #","pageSize":500,"serviceName":"Directory""#
        #expect(try often.realtime(directory).page.ids == once.realtime(directory).page.ids)
    }

    @Test func `a very large jump of the clock makes a bounded number of audits, and then the stream goes on`() {
        let origin = Instant(seconds: 1_772_439_300)
        var stream = AuditStream(seed: 1, origin: origin, eventsPerSecond: 1000, habits: .init(), mostAtOnce: 5000)
        var made = 0
        stream.advance(to: origin + .seconds(86_400)) { _ in made += 1 }
        #expect((5000...5002).contains(made))
        stream.advance(to: origin + .seconds(86_401)) { audit in
            made += 1
            #expect(audit.visible >= origin + .seconds(86_399))
        }
        #expect((5990...6010).contains(made))
    }
}

@Suite struct TruthLogTests {
    private struct Line: Decodable {
        var id: String
        var eventDate: String
        var serviceName: String
        var realtime: String?
        var asynchronous: String
    }

    @Test func `the log has a line for every audit, written when it becomes visible`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "truth-\(UInt64.random(in: 0...UInt64.max)).ndjson")
            .path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bench = try Bench(faults: "late,shift") {
            $0.truthLogPath = path
            $0.eventsPerSecond = 10
        }
        func lines() throws -> [Line] {
            let text = try #require(FileManager.default.contents(atPath: path))
            return try text.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: Data($0)) }
        }
        #expect(Set(try lines().map(\.id)) == bench.truth)
        bench.clock.move(.seconds(40))
        _ = try bench.realtimePages(size: 25)
        let truth = bench.simulator.truth()
        let written = try lines()
        #expect(written.count == truth.count)
        for entry in truth {
            let line = try #require(written.first { $0.id == entry.id.description })
            #expect(line.eventDate == entry.eventDate.text && line.serviceName == entry.serviceName)
            #expect(line.realtime == entry.realtime?.text && line.asynchronous == entry.asynchronous.text)
        }
        #expect(written.contains { $0.realtime == nil })
    }

    @Test func `a log that cannot be opened is an error with its path`() throws {
        let failure = #expect(throws: Failure.self) { try Bench { $0.truthLogPath = "/no/such/directory/truth" } }
        #expect(failure?.message.contains("'/no/such/directory/truth'") == true)
    }
}

@Suite struct GivenAuditsTests {
    private func bench(_ text: String) throws -> Bench {
        try Bench {
            $0.audits = Array(text.utf8)
            $0.auditsName = "mine.ndjson"
        }
    }

    private static let lines = """
        {"id":"b","eventDate":"2026-03-02T08:10:00Z","serviceName":"Mine","x": [1, 2.50], "context":{"correlationId":"k"}}

        {"id":"a","eventDate":"2026-03-02T08:00:00.5Z","serviceName":"Telephony","entity":null,"user":{"id":"u"}}
        {"id":"c","eventDate":"2026-03-02T08:20:00Z","serviceName":"Mine","context":{"correlationId":"k"},"action":"Do"}
        """

    @Test func `the audits of a file are served byte by byte, in the order of their time, when it has come`() throws {
        let bench = try bench(GivenAuditsTests.lines)
        #expect(bench.simulator.truth().map(\.id.description) == ["a", "b"])
        let answer = bench.reply("POST", "/api/v2/audits/query/realtime", #"{"interval":"\#(bench.interval)"}"#).answer
        #expect(String(decoding: answer.body, as: UTF8.self).contains(GivenAuditsTests.lines.prefix { $0 != "\n" }))
        bench.clock.move(.seconds(600))
        #expect(try bench.realtime().page.ids == ["c", "b"])
        #expect(try bench.asynchronousPages(size: 500).flatMap(\.ids) == ["c", "b", "a"])
        #expect(try bench.post("/realtime/related", #"{"auditId":"b"}"#).page.ids == ["c", "b"])
        #expect(try bench.get("/realtime/servicemapping").page.services?.map(\.name) == ["Mine"])
    }

    @Test(arguments: [
        ("{\"id\":\"a\"}", "'eventDate' is missing"), ("\n{\"eventDate\":\"2026-03-02T08:10:00Z\"}", "2: this is no audit: 'id'"),
        ("{\"id\":1,\"eventDate\":\"\"}", "'id' has another type"), ("{", "not valid JSON"),
        ("{\"id\":\"a\",\"eventDate\":\"yesterday\"}", "eventDate 'yesterday' is no instant"),
        ("{\"id\":\"\",\"eventDate\":\"x\"}", "id is empty"),
    ])
    func `a line that is no audit is named`(text: String, part: String) throws {
        let failure = #expect(throws: Failure.self) { try bench(text) }
        #expect(failure?.code == .data)
        #expect(failure?.message.hasPrefix("mine.ndjson:") == true)
        #expect(failure?.message.contains(part) == true, "\(failure?.message ?? "")")
    }
}
