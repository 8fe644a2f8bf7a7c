import AuditCore
import Engine
import EngineTesting
import Glibc
import OffsetStore
import Testing

/// What may be opened and what is refused, with the code that the command line turns into its exit status.
struct OffsetFileTests {
    private let file: TemporaryFile

    init() throws { file = try TemporaryFile() }

    private func begin(_ output: String = "siem") -> LedgerChange {
        var change = LedgerChange(output: output)
        change.start = Instant(seconds: 1_800_000_000)
        return change
    }

    @Test func `a missing directory is made for this user alone, and so is the file`() async throws {
        let path = file.directory + "/deep/down/offsets.db"
        let store = try OffsetStore(path: path)
        for (name, mode) in [("/deep", 0o700), ("/deep/down", 0o700), ("/deep/down/offsets.db", 0o600)] as [(String, mode_t)] {
            var status = stat()
            #expect(stat(file.directory + name, &status) == 0)
            #expect(status.st_mode & 0o777 == mode, "\(name)")
        }
        await store.close()
        for name in TemporaryFile.names(in: file.directory + "/deep/down") { unlink(file.directory + "/deep/down/" + name) }
        rmdir(file.directory + "/deep/down")
        rmdir(file.directory + "/deep")
    }

    @Test func `a second instance is refused, and told who holds the file`() async throws {
        let store = try OffsetStore(path: file.path)
        let refusal = await file.refusal()
        #expect(refusal?.code == .locked)
        #expect(refusal?.message == "offset file '\(file.path)' is held by another instance, process \(getpid())")
        await store.close()
        #expect(await file.refusal() == nil)
    }

    @Test func `a file that could not be opened is not kept from the next instance`() async throws {
        try TemporaryFile.write([UInt8](repeating: 7, count: 5000), to: file.path)
        #expect(await file.refusal()?.code == .offsets)
        #expect(await file.refusal()?.code == .offsets)
    }

    @Test func `it can be read beside a running instance, which goes on writing`() async throws {
        let store = try OffsetStore(path: file.path)
        try await store.commit(begin())
        let reader = try OffsetStore(path: file.path, access: .readOnly)
        #expect(try await reader.outputs() == ["siem"])
        try await store.commit(begin("other"))
        #expect(try await reader.outputs() == ["other", "siem"])
        await #expect(throws: (any Error).self) { try await reader.commit(begin("third")) }
        await reader.close()
        await store.close()
    }

    @Test func `a file that is missing is not made by reading`() async throws {
        #expect(await file.refusal(.readOnly)?.message == "offset file '\(file.path)' does not exist")
        #expect(!OffsetStore.exists(file.path))
    }

    @Test func `garbage is called damaged, and left alone`() async throws {
        let garbage = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 + 7) }
        try TemporaryFile.write(garbage, to: file.path)
        let refusal = await file.refusal()
        #expect(refusal?.code == .offsets)
        #expect(refusal?.message.hasPrefix("offset file '\(file.path)' is damaged: ") == true)
        #expect(try TemporaryFile.bytes(file.path) == garbage)
    }

    @Test func `a file that was cut off is called damaged`() async throws {
        try await file.make()
        let bytes = try TemporaryFile.bytes(file.path)
        try TemporaryFile.write(Array(bytes[..<(bytes.count / 2)]), to: file.path)
        #expect(await file.refusal()?.message.contains("is damaged") == true)
    }

    @Test func `a page that was overwritten is called damaged`() async throws {
        try await file.make()
        var bytes = try TemporaryFile.bytes(file.path)
        let pages = bytes.count / 4096
        for index in (pages - 1) * 4096..<(pages - 1) * 4096 + 64 { bytes[index] ^= 0xff }
        try TemporaryFile.write(bytes, to: file.path)
        #expect(await file.refusal()?.message.contains("is damaged") == true)
    }

    @Test func `another program's database is refused and not touched`() async throws {
        try file.execute("CREATE TABLE recipe (name TEXT)")
        let before = try TemporaryFile.bytes(file.path)
        #expect(await file.refusal()?.message == "offset file '\(file.path)' is a database of another program")
        #expect(try TemporaryFile.bytes(file.path) == before)
    }

    @Test func `a file of a later version is refused`() async throws {
        try await file.make()
        try file.execute("PRAGMA user_version = 4")
        #expect(await file.refusal()?.message.contains("has version 4, which is later than this program's 3") == true)
    }

    /// What makes a file of an earlier version of a present one.
    private static let earlier: [Int: String] = {
        let second = """
            DROP TABLE seal; DROP TABLE lost; DROP TABLE late; ALTER TABLE acknowledged DROP COLUMN digest;
            ALTER TABLE output DROP COLUMN forgotten; PRAGMA user_version = 2;
            INSERT INTO output (name, start) VALUES ('before', 1000);
            INSERT INTO coverage SELECT id, 0, '', 1000, 2000 FROM output WHERE name = 'before';
            INSERT INTO coverage SELECT id, 0, 'Architect', 1000, 3000 FROM output WHERE name = 'before';
            """
        let first = """
            \(second) DROP TABLE query; ALTER TABLE coverage RENAME TO separated; PRAGMA user_version = 1;
            CREATE TABLE coverage (output INTEGER NOT NULL REFERENCES output (id) ON DELETE CASCADE, lane TEXT NOT NULL,
                start INTEGER NOT NULL, end INTEGER NOT NULL CHECK (start < end), PRIMARY KEY (output, lane, start)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO coverage SELECT output, lane, start, end FROM separated; DROP TABLE separated;
            """
        return [1: first, 2: second]
    }()

    @Test(arguments: [1, 2])
    func `a file of an earlier version is brought up to date, with everything that is in it`(version: Int) async throws {
        try await file.make()
        try file.execute(try #require(OffsetFileTests.earlier[version]))
        #expect(throws: Failure.self) { try OffsetStore(path: file.path, access: .readOnly) }
        let store = try OffsetStore(path: file.path)
        let (ledger, kept) = try await (store.ledger(of: "before"), store.ledger(of: "siem"))
        #expect(try await store.idCount(of: "siem") == 2000)
        await store.close()
        func interval(_ start: Int64, _ end: Int64) -> Coverage {
            Coverage([Interval(Instant(milliseconds: start), Instant(milliseconds: end))])
        }
        #expect(
            ledger
                == Ledger(
                    start: Instant(milliseconds: 1000),
                    lanes: [.all: interval(1000, 2000), Lane(service: "Architect"): interval(1000, 3000)],
                    // It has no ids, and did not say since when.
                    forgottenBefore: .distantFuture))
        #expect(kept?.forgottenBefore != nil && kept?.forgottenBefore != .distantFuture)
        #expect(await file.refusal(.readOnly) == nil)
        try file.execute("UPDATE acknowledged SET uuids = zeroblob(1600) WHERE id = 3")
        #expect(await file.refusal()?.message.contains("is damaged") == true)
    }

    @Test(arguments: ["/proc/auditferry/offsets.db", "/dev/null/offsets.db", "/proc/offsets.db"])
    func `a place where nothing can be written is said so`(path: String) async throws {
        let refusal = await OffsetStore.refusal(path)
        #expect(refusal?.code == .offsets)
        #expect(refusal?.message.contains("cannot be opened") == true)
    }

    @Test func `a rewind forgets everything from then on, and nothing before`() async throws {
        let start = Instant(seconds: 1_800_000_000)
        let store = try OffsetStore(path: file.path)
        var change = begin()
        change.acknowledged = [
            AcknowledgedBatch(first: start, last: start + .seconds(9), ids: [AuditID("early")]),
            AcknowledgedBatch(first: start + .seconds(5), last: start + .seconds(10), ids: [AuditID("astride")]),
        ]
        let covered = [Interval(start, start + .seconds(30)), Interval(start + .seconds(40), start + .seconds(50))]
        change.coverage = [.all: Coverage(covered)]
        change.lost = [.all: Coverage([Interval(start + .seconds(30), start + .seconds(40))])]
        try await store.commit(change)
        try await store.rewind("siem", to: start + .seconds(35))
        #expect(
            try await store.ledger(of: "siem")?.lost(of: .all).intervals
                == [Interval(start + .seconds(30), start + .seconds(35))])
        try await store.rewind("siem", to: start + .seconds(10))
        let ledger = try await store.ledger(of: "siem")
        #expect(ledger?.coverage(of: .all).intervals == [Interval(start, start + .seconds(10))])
        #expect(ledger?.start == start)
        #expect(ledger?.lost == [:])
        let kept = try await store.acknowledged(by: "siem", in: Interval(.distantPast, .distantFuture)).flatMap(\.ids)
        #expect(kept == [AuditID("early")])
        try await store.rewind("siem", to: start - .seconds(60))
        #expect(try await store.ledger(of: "siem") == Ledger(start: start - .seconds(60)))
        let failure = await #expect(throws: Failure.self) { try await store.rewind("seim", to: start) }
        #expect(failure?.code == .data)
        #expect(failure?.hint == "it has 'siem'")
        await store.close()
    }

    /// What a kill leaves behind: the files as they are at that moment, without a checkpoint and without a close.
    @Test func `after a kill, every commit that returned is there`() async throws {
        let store = try OffsetStore(path: file.path)
        try await store.commit(begin())
        for number in 0..<60 {
            var change = LedgerChange(output: "siem")
            let instant = Instant(seconds: 1_800_000_000 + Int64(number))
            change.acknowledged = [AcknowledgedBatch(first: instant, last: instant, ids: [AuditID(SampleAudit.uuid(number))])]
            change.coverage = [.all: Coverage([Interval(Instant(seconds: 1_800_000_000), instant + .seconds(1))])]
            try await store.commit(change)
            guard number % 20 == 7 else { continue }
            let copy = try TemporaryFile()
            for suffix in ["", "-wal"] {
                try TemporaryFile.write(try TemporaryFile.bytes(file.path + suffix), to: copy.path + suffix)
            }
            let reopened = try OffsetStore(path: copy.path)
            #expect(try await reopened.idCount(of: "siem") == number + 1)
            #expect(try await reopened.ledger(of: "siem")?.frontier(of: .all) == instant + .seconds(1))
            await reopened.close()
        }
        await store.close()
    }

    @Test func `a torn end of the journal costs the commit that it belonged to, and both of its halves`() async throws {
        let store = try OffsetStore(path: file.path)
        try await store.commit(begin())
        let before = try TemporaryFile.bytes(file.path + "-wal").count
        var change = LedgerChange(output: "siem")
        let start = Instant(seconds: 1_800_000_000)
        change.acknowledged = [AcknowledgedBatch(first: start, last: start, ids: (0..<500).map { AuditID(SampleAudit.uuid($0)) })]
        change.coverage = [.all: Coverage([Interval(start, start + .seconds(1))])]
        try await store.commit(change)
        let journal = try TemporaryFile.bytes(file.path + "-wal")
        for cut in stride(from: before, to: journal.count - 1, by: 1500) {
            let copy = try TemporaryFile()
            try TemporaryFile.write(try TemporaryFile.bytes(file.path), to: copy.path)
            try TemporaryFile.write(Array(journal[..<cut]), to: copy.path + "-wal")
            let reopened = try OffsetStore(path: copy.path)
            #expect(try await reopened.idCount(of: "siem") == 0, "cut at \(cut)")
            #expect(try await reopened.ledger(of: "siem")?.lanes == [:], "cut at \(cut)")
            await reopened.close()
        }
        await store.close()
    }
}
