import AuditCore
import Engine
import FoundationEssentials
import Glibc
import Logging
import NIOConcurrencyHelpers
import OffsetStore
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `The offset commands` {
    private static let began = Instant("2026-03-01T00:00:00Z")!

    /// An offset file in which `siem` has three hours with a hole of five minutes, and two ids.
    private func withFile(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/offset-commands-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer {
            for suffix in ["", "-wal", "-shm", ".lock"] { unlink("\(directory)/offsets.db\(suffix)") }
            rmdir(directory)
        }
        let path = "\(directory)/offsets.db"
        try await fill(path)
        try await body(path)
    }

    private func fill(_ path: String) async throws {
        let store = try OffsetStore(path: path)
        let began = `The offset commands`.began
        var change = LedgerChange(output: "siem")
        change.start = began
        change.coverage[.all] = Coverage([
            Interval(began, began + .seconds(3600)), Interval(began + .seconds(3900), began + .seconds(10_800)),
        ])
        for (second, id) in [(60, "early"), (7200, "late")] {
            let instant = began + .seconds(second)
            change.acknowledged.append(AcknowledgedBatch(first: instant, last: instant, ids: [AuditID(id)]))
        }
        try await store.commit(change)
        await store.close()
    }

    @Test func `show what every output has, and the gaps`() async throws {
        try await withFile { path in
            let report = try await OffsetReport.load(path: path)
            #expect(
                report.lines == [
                    "output siem: began at 2026-03-01T00:00:00Z, 2 ids kept",
                    "  lane all: followed up to 2026-03-01T03:00:00Z, 2h 55m covered, 1 gap of 5m together",
                ])
            #expect(report.gapLines == ["output siem, lane all: 2026-03-01T01:00:00Z/2026-03-01T01:05:00Z, 5m"])
            #expect(
                report.gapJSON
                    == #"[{"end":"2026-03-01T01:05:00Z","lane":"all","lost":false,"output":"siem","seconds":300,"start":"2026-03-01T01:00:00Z"}]"#
            )
            #expect(report.json.contains(#""covered_seconds":10500,"frontier":"2026-03-01T03:00:00Z","gap_seconds":300"#))
        }
    }

    @Test func `mark what is lost, until a rewind before it`() async throws {
        try await withFile { path in
            let store = try OffsetStore(path: path)
            let began = `The offset commands`.began
            var change = LedgerChange(output: "siem")
            change.lost[.all] = Coverage([Interval(began + .seconds(3600), began + .seconds(3840))])
            try await store.commit(change)
            await store.close()
            let report = try await OffsetReport.load(path: path)
            #expect(report.lines.last?.hasSuffix("2h 55m covered, 1 gap of 1m together, 4m lost") == true)
            #expect(
                report.gapLines == [
                    "output siem, lane all: 2026-03-01T01:00:00Z/2026-03-01T01:04:00Z, 4m, lost",
                    "output siem, lane all: 2026-03-01T01:04:00Z/2026-03-01T01:05:00Z, 1m",
                ])
            #expect(report.gapJSON.contains(#""lane":"all","lost":true,"output":"siem","seconds":240"#))
            #expect(
                report.json.contains(
                    #""lost":[{"end":"2026-03-01T01:04:00Z","start":"2026-03-01T01:00:00Z"}],"lost_seconds":240"#))
            let output = try await OffsetRewind(path: path, output: "siem", to: began + .seconds(3000)).run()
            #expect(output.lanes.map(\.lost) == [[]])
        }
    }

    @Test func `say how late audits were, and suggest an overlap once enough are known`() async throws {
        try await withFile { path in
            func report(_ delays: [Int64: Int]) async throws -> OffsetReport {
                var change = LedgerChange(output: "siem")
                var late = LateArrivals()
                for (delay, count) in delays { for _ in 0..<count { late.add(1, delay: .seconds(delay)) } }
                change.late = late
                let store = try OffsetStore(path: path)
                try await store.commit(change)
                await store.close()
                return try await OffsetReport.load(path: path)
            }
            let few = try await report([20: 1])
            #expect(few.lines.last == "  late: 1 audit, the latest by at most 30s")
            #expect(few.json.contains(#""late":{"buckets":[{"count":0,"within_seconds":1},"#))
            #expect(few.json.contains(#"{"count":0,"within_seconds":172800},{"count":0}],"count":1,"delay_seconds":20}"#))
            let some = try await report([20: 100])
            #expect(
                some.lines.last == "  late: 100 audits, the latest by at most 30s; an overlap of 2m would have found all but 0")
            let many = try await report([20: 1000, 400: 997, 200_000: 2])
            #expect(
                many.lines.last
                    == "  late: 1999 audits, the latest by more than 2d; an overlap of 2d would have found all but 2")
            let enough = try await report([20: 1000, 400: 999, 200_000: 1])
            #expect(enough.json.contains(#""beyond_suggested_overlap":1"#))
            #expect(enough.json.contains(#""suggested_overlap_seconds":600"#))
        }
    }

    @Test func `rewind to an instant: coverage and ids from there on are forgotten, and nothing before`() async throws {
        try await withFile { path in
            let instant = `The offset commands`.began + .seconds(1800)
            let output = try await OffsetRewind(path: path, output: "siem", to: instant).run()
            #expect(output.lanes.map(\.covered) == [[Interval(`The offset commands`.began, instant)]])
            #expect(output.ids == 1)
            let report = try await OffsetReport.load(path: path)
            #expect(report.gapLines == [] && report.gapJSON == "[]")
        }
    }

    @Test func `rewind before the beginning: the time before it is a gap to fill`() async throws {
        try await withFile { path in
            let instant = `The offset commands`.began - .seconds(60)
            let output = try await OffsetRewind(path: path, output: "siem", to: instant).run()
            #expect(output.began == instant && output.ids == 0)
            #expect(output.furthest == instant)
        }
    }

    @Test func `rewind nothing that is ahead, unknown, missing or in use`() async throws {
        try await withFile { path in
            let began = `The offset commands`.began
            func failure(_ path: String, _ output: String, _ instant: Instant) async -> Failure.Code? {
                await Failure.of { _ = try await OffsetRewind(path: path, output: output, to: instant).run() }?.code
            }
            #expect(await failure(path, "siem", began + .seconds(20_000)) == .usage)
            #expect(await failure(path, "seim", began) == .data)
            #expect(await failure(path + ".other", "siem", began) == .offsets)
            #expect(access(path + ".other", F_OK) != 0, "a file that is not there is not made")
            let running = try OffsetStore(path: path)
            #expect(await failure(path, "siem", began) == .locked)
            #expect(try await OffsetReport.load(path: path).outputs.map(\.ids) == [2], "showing needs no lock")
            await running.close()
        }
    }

    @Test func `find the file without credentials: by flag, by configuration, by default`() throws {
        func path(_ yaml: String?, _ flag: String? = nil) throws(Failure) -> String {
            let files = MemoryFiles(yaml.map { ["/home/ana/auditferry.yaml": $0] } ?? [:])
            return try ForwarderConfiguration.offsetsPath(
                flags: ConfigurationFlags(offsetsPath: flag), environment: ["HOME": "/home/ana"], files: files)
        }
        let yaml = "genesys: {client_secret: \"${NOT_SET}\", unknown_key: 1}\noffsets: {path: /of/the/file}"
        #expect(try path(yaml) == "/of/the/file")
        #expect(try path(yaml, "/of/the/flag") == "/of/the/flag")
        #expect(try path(nil) == "/home/ana/.local/state/auditferry/offsets.db")
        #expect(throws: Failure.self) { try path("offsets: {path: ~/offsets.db}") }
        #expect(throws: Failure.self) { try path("offsets: [") }
    }

    @Test func `speak of time as people do`() {
        let spoken: [(Int64, String)] = [
            (0, "0ms"), (250, "250ms"), (1000, "1s"), (300_000, "5m"), (3_605_000, "1h 0m 5s"), (90_000_000, "1d 1h"),
        ]
        for (milliseconds, text) in spoken { #expect(Duration.milliseconds(milliseconds).spokenText == text) }
    }
}

@Suite(.fewAtATime) struct `The status in the log` {
    private struct Recorder: LogHandler {
        let entries: NIOLockedValueBox<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            entries.withLockedValue { $0.append("\(event.level) \(event.message) \(fields.joined(separator: " "))") }
        }
    }

    @Test func `is one line an output`() {
        let entries = NIOLockedValueBox<[String]>([])
        let board = StatusBoard()
        var status = TailStatus()
        status.received = 9
        status.duplicates = 2
        status.delivered = 4
        status.unacknowledged = 3
        status.frontier = Instant("2026-03-01T00:00:00Z")
        status.gap = .seconds(90)
        status.lost = .seconds(60)
        status.late.add(1, delay: .seconds(1))
        board.set(status, of: "siem")
        board.set(TailStatus(), of: "file")
        board.log(to: Logger(label: "test") { _ in Recorder(entries: entries) })
        #expect(
            entries.withLockedValue { $0 } == [
                "info output stands delivered=0 duplicates=0 frontier=none gap=0ms late=0 lost=0ms output=file received=0 unacknowledged=0",
                "info output stands delivered=4 duplicates=2 frontier=2026-03-01T00:00:00Z gap=90.0s late=1 lost=60.0s output=siem received=9 "
                    + "unacknowledged=3",
            ])
    }
}
