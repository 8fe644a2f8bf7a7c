import AuditCore
import Engine
import Logging
import OffsetStore
import Outputs
import Simulator
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A verification` {
    private static let window = Interval(CommandBench.now - .seconds(2 * 3600), CommandBench.now - .seconds(600))
    private static let lane = Lane(service: nil, endpoint: .asynchronous)

    /// A ledger of everything that is true, less what `isMissing` says, covered up to `coveredUntil`.
    private func write(
        _ bench: CommandBench, _ path: String, output: String = "siem", coveredUntil: Instant = CommandBench.now - .seconds(60),
        forgettingBefore forgotten: Instant? = nil, isMissing: (TruthEntry) -> Bool = { _ in false }
    ) async throws {
        let store = try OffsetStore(path: path)
        var begins = LedgerChange(output: output)
        let start = CommandBench.now - .seconds(86_400)
        begins.start = start
        try await store.commit(begins)
        var change = LedgerChange(output: output)
        for entry in bench.simulator.truth() where !isMissing(entry) && entry.eventDate < coveredUntil {
            change.acknowledged.append(
                AcknowledgedBatch(first: entry.eventDate, last: entry.eventDate, ids: [AuditID(entry.id.description)]))
        }
        change.coverage[`A verification`.lane] = Coverage([Interval(start, coveredUntil)])
        change.forgetBefore = forgotten
        try await store.commit(change)
        await store.close()
    }

    private func verify(_ bench: CommandBench, _ files: TemporaryFiles, outputs: [String] = []) async throws
        -> VerificationReport?
    {
        let configuration = ForwarderConfiguration(
            genesys: try bench.genesys(), offsetsPath: files.path + "/offsets.db",
            outputs: [OutputDefinition(name: "siem", kind: .stdout)])
        let verification = OffsetVerification(
            `A verification`.window, outputs: outputs, of: configuration, workPath: files.path + "/work.db",
            transport: bench.transport, clock: bench.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await verification.run(signals: AsyncStream<RunSignal> { $0.finish() })
    }

    @Test func `finds nothing lacking where everything was delivered`() async throws {
        try await CommandBench.run { bench in
            let files = try TemporaryFiles()
            try await write(bench, files.path + "/offsets.db")
            let report = try #require(try await verify(bench, files))
            let all = bench.truth(in: `A verification`.window)
            #expect(report.isSound && report.outputs.map(\.compared) == [all.count] && all.count > 100)
            #expect(report.outputs.map(\.byCoverage) == [0])
            #expect(report.lines == ["output siem: \(all.count) audits looked for, none is lacking"])
        }
    }

    @Test func `names each audit that an output lacks, and why`() async throws {
        try await CommandBench.run { bench in
            let files = try TemporaryFiles()
            let path = files.path + "/offsets.db"
            let all = bench.simulator.truth().filter { `A verification`.window.contains($0.eventDate) }
            let victims = Set(all.sorted { $0.eventDate < $1.eventDate }.prefix(3).map(\.id))
            let behind = CommandBench.now - .seconds(1200)
            try await write(bench, path, coveredUntil: behind) { victims.contains($0.id) }
            try await write(bench, path, output: "archive")
            let report = try #require(try await verify(bench, files))
            #expect(!report.isSound)
            let siem = try #require(report.outputs.first { $0.name == "siem" })
            let unread = all.filter { $0.eventDate >= behind }.map(\.id.description)
            #expect(Set(siem.lacking.filter { $0.reason == .covered }.map(\.id)) == Set(victims.map(\.description)))
            #expect(siem.lacking.filter { $0.reason == .unread }.map(\.id).sorted() == unread.sorted())
            #expect(siem.lackingCount == 3 + unread.count && !unread.isEmpty)
            #expect(report.outputs.first { $0.name == "archive" }?.lackingCount == 0)
            #expect(report.json.contains("\"sound\":false"))
            let other = try #require(try await verify(bench, files, outputs: ["archive"]))
            #expect(other.isSound)
        }
    }

    @Test func `judges by its time what is too old for its id to be kept, and says so`() async throws {
        try await CommandBench.run { bench in
            let files = try TemporaryFiles()
            let forgotten = CommandBench.now - .seconds(3600)
            try await write(bench, files.path + "/offsets.db", forgettingBefore: forgotten)
            let report = try #require(try await verify(bench, files))
            let old = bench.truth(in: Interval(`A verification`.window.start, forgotten)).count
            #expect(report.isSound && report.outputs.map(\.byCoverage) == [old] && old > 0)
        }
    }

    @Test func `refuses an output that never began`() async throws {
        try await CommandBench.run { bench in
            let files = try TemporaryFiles()
            try await write(bench, files.path + "/offsets.db")
            let failure = await Failure.of { _ = try await verify(bench, files, outputs: ["sien"]) }
            #expect(failure?.code == .data && failure?.message.hasSuffix("did you mean 'siem'?") == true)
        }
    }
}
