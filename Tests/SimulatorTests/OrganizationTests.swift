import AuditCore
import Testing

@testable import Simulator

@Suite struct OrganizationTests {
    @Test func `the same seed makes the same audits to the byte`() throws {
        let first = try Bench().reply("POST", "/api/v2/audits/query/realtime", try Bench.body)
        let second = try Bench().reply("POST", "/api/v2/audits/query/realtime", try Bench.body)
        #expect(first.answer.body == second.answer.body)
        let other = try Bench { $0.seed = 2 }.reply("POST", "/api/v2/audits/query/realtime", try Bench.body)
        #expect(first.answer.body != other.answer.body)
    }

    @Test(arguments: [0, 1, 2, 3, 100, 1234])
    func `the history has exactly the audits that were asked for, in its time`(count: Int) throws {
        let bench = try Bench { $0.historyEvents = count }
        // The siblings of the last acts are still to come; they exist all the same.
        bench.clock.move(.seconds(10))
        let truth = bench.simulator.truth()
        #expect(truth.count == count)
        #expect(Set(truth.map(\.id)).count == count)
        #expect(truth.allSatisfy { $0.eventDate >= bench.clock.now - .seconds(3611) })
        #expect(truth.map(\.eventDate) == truth.map(\.eventDate).sorted())
    }

    @Test func `an audit is about a kilobyte, and JSON in every shape`() throws {
        let bench = try Bench { $0.historyEvents = 4000 }
        let contents = bench.simulator.service.contents
        let audits = bench.simulator.service.withState(bench.clock.now) { $0.archive.shown }
        var text = JSONText()
        for audit in audits { contents.write(audit, .answer(expanded: true), to: &text) }
        #expect((700...1300).contains(text.bytes.count / audits.count), "\(text.bytes.count / audits.count) bytes")
        for audit in audits {
            var download = JSONText()
            contents.write(audit, .download, to: &download)
            let entity = try Bench.decode(Page.Entity.self, download.bytes)
            #expect(entity.id == contents.id(of: audit)?.description)
            #expect(entity.eventTime == audit.instant.text)
            #expect(entity.eventDate == nil && entity.status == nil || entity.serviceName == "SomeFutureService")
        }
    }

    @Test func `a group's membership is three audits with one correlation id`() throws {
        let bench = try Bench { $0.historyEvents = 2000 }
        let pages = try bench.realtimePages(size: 500)
        let trios = Dictionary(grouping: pages.flatMap { $0.entities ?? [] }.filter { $0.context?["correlationId"] != nil }) {
            $0.context?["correlationId"]
        }
        #expect(trios.count > 10)
        #expect(trios.values.filter { $0.count == 3 }.count >= trios.count - 1)
        #expect(trios.values.allSatisfy { Set($0.compactMap(\.entity?.id)).count == 1 })
    }

    @Test func `levels, services and the habits of real audits all occur`() throws {
        let entities = try Bench { $0.historyEvents = 3000 }.realtimePages(size: 500).flatMap { $0.entities ?? [] }
        #expect(Set(entities.compactMap(\.level)) == ["USER", "SYSTEM", "PARTNER"])
        #expect(Set(entities.compactMap(\.status)).isSuperset(of: ["SUCCESS", "FAILURE", "PENDING"]))
        #expect(entities.contains { $0.client?.id == "" })
        #expect(entities.contains { $0.eventDate?.contains(".") == true })
        let wholeSeconds = entities.filter { $0.eventDate?.contains(".") == false }.count
        #expect(wholeSeconds * 10 > entities.count * 8)
    }
}

extension Bench {
    /// A realtime query over everything, for benches that have the standard clock.
    static var body: String {
        get throws { #"{"interval":"\#(try Bench { $0.historyEvents = 0 }.interval)","pageSize":500}"# }
    }
}
