import AuditCore
import FoundationEssentials
import Simulator
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `Related audits` {
    private func related(_ bench: CommandBench, _ id: String) async throws -> Set<String> {
        let printed = PrintedLines()
        try await RelatedAudits(
            to: id, trustorOrganization: nil, genesys: bench.genesys(), transport: bench.transport, clock: bench.clock
        ).run(to: printed.printer)
        return Set(try printed.ids().map(\.description))
    }

    @Test func `are the same set from each of its audits`() async throws {
        try await CommandBench.run { bench in
            var largest = 0
            for id in bench.truth(where: { $0.realtime != nil }).prefix(30) {
                let all = try await related(bench, id)
                #expect(all.contains(id))
                for other in all { #expect(try await related(bench, other) == all) }
                largest = max(largest, all.count)
            }
            #expect(largest > 1)
        }
    }

    @Test func `of an unknown id are bad input`() async throws {
        try await CommandBench.run { bench in
            let failure = await Failure.of {
                _ = try await related(bench, "00000000-0000-4000-8000-000000000000")
            }
            #expect(failure?.code == .data)
            #expect(failure?.hint.contains("14 days") == true)
        }
    }
}

@Suite(.fewAtATime) struct `The service mapping` {
    private struct Document: Decodable {
        let realtime: [String: [String: [String]]]
        let asynchronous: [String: [String: [String]]]
        let difference: [String: [String: [String: [String]]]]
    }

    @Test func `shows what realtime lacks`() async throws {
        try await CommandBench.run { bench in
            let catalog = try await ServiceCatalog.load(genesys: bench.genesys(), transport: bench.transport, clock: bench.clock)
            let hidden = Set(bench.simulator.truth().filter { $0.realtime == nil }.map(\.serviceName))
            #expect(!hidden.isEmpty && hidden.isSubset(of: Set(catalog.asynchronousOnly.keys)))
            #expect(catalog.realtimeOnly.isEmpty)
            #expect(Set(catalog.asynchronous.keys) == Set(catalog.realtime.keys).union(catalog.asynchronousOnly.keys))
            let document = try JSONDecoder().decode(Document.self, from: Data(catalog.json.utf8))
            #expect(document.asynchronous.keys.count == catalog.asynchronous.count)
            #expect(Set(try #require(document.difference["asynchronous_only"]).keys) == Set(catalog.asynchronousOnly.keys))
        }
    }

    @Test func `is compared down to the actions`() {
        let catalog = ServiceCatalog(
            realtime: ["A": ["x": ["Create"]], "C": [:]],
            asynchronous: ["A": ["x": ["Create", "Delete"], "y": ["View"]], "B": [:]])
        #expect(catalog.asynchronousOnly == ["A": ["x": ["Delete"], "y": ["View"]], "B": [:]])
        #expect(catalog.realtimeOnly == ["C": [:]])
        #expect(
            catalog.lines == [
                "realtime and asynchronous:", "  A", "    x: Create", "", "asynchronous only:", "  A", "    x: Delete",
                "    y: View", "  B", "", "realtime only:", "  C",
            ])
    }

    @Test func `cannot steer a terminal`() {
        let catalog = ServiceCatalog(realtime: ["\u{1b}[2J": [:]], asynchronous: [:])
        #expect(catalog.lines.last == "  \u{fffd}[2J")
    }
}
