import AuditCore
import Engine
import EngineTesting
import Glibc
import OffsetStore
import Testing

/// Damage that SQLite does not see is refused: nothing is taken for delivered, and no file for new, that may not be.
struct DamageTests {
    private let file: TemporaryFile

    init() throws { file = try TemporaryFile() }

    private static let values = [
        "UPDATE output SET start = start + 1", "UPDATE output SET name = 'sien'", "DELETE FROM output", "DELETE FROM coverage",
        "UPDATE coverage SET end = end + 60000", "UPDATE coverage SET lane = 'Routing'", "UPDATE coverage SET endpoint = 1",
        "INSERT INTO coverage VALUES (1, 0, 'Routing', 1, 2)", "UPDATE query SET cursor = ''",
        "UPDATE query SET coverable_until = coverable_until + 1", "UPDATE seal SET sum = sum + 1", "DELETE FROM seal",
        "DROP TABLE query", "PRAGMA user_version = 0", "PRAGMA user_version = 2",
        "UPDATE lost SET end = end + 60000", "DELETE FROM lost", "UPDATE late SET count = count + 1", "DELETE FROM late",
        "UPDATE acknowledged SET uuids = zeroblob(1600) WHERE id = 7",
        "UPDATE acknowledged SET texts = X'0000000161' WHERE id = 20", "UPDATE acknowledged SET last = last + 1 WHERE id = 1",
        "UPDATE acknowledged SET output = 2 WHERE id = 3", "UPDATE acknowledged SET digest = digest - 1 WHERE id = 3",
    ]

    @Test(arguments: values)
    func `a value that changed is called damage, by writers and readers`(sql: String) async throws {
        try await file.make()
        #expect(await file.refusal() == nil)
        try file.execute(sql)
        for access in [OffsetStore.Access.exclusive, .readOnly] where !(sql.contains("user_version = 2") && access == .readOnly) {
            let refusal = await file.refusal(access)
            #expect(refusal?.code == .offsets)
            #expect(
                refusal?.message.hasPrefix("offset file '\(file.path)' is damaged: ") == true, "\(refusal?.message ?? "none")")
        }
    }

    @Test func `a time that changed in the table or in its index is called damage`() async throws {
        try await file.make()
        let bytes = try TemporaryFile.bytes(file.path)
        // As SQLite writes it, most significant byte first; the first and the last instant of a batch stand side by side.
        let time = (0..<6).map { UInt8(truncatingIfNeeded: (1_800_000_007_000 as Int64) >> (40 - 8 * $0)) }
        let places = bytes.indices.dropLast(11).filter { Array(bytes[$0..<$0 + 12]) == time + time }
        try #require(places.count == 2)
        for place in places {
            var damaged = bytes
            damaged[place + 5] ^= 1
            try TemporaryFile.write(damaged, to: file.path)
            #expect(await file.refusal()?.message.contains("is damaged") == true, "at \(place)")
        }
    }

    @Test func `damage that comes later is noticed when it is read`() async throws {
        try await file.make()
        let store = try OffsetStore(path: file.path)
        try file.execute("UPDATE acknowledged SET uuids = zeroblob(1600) WHERE id = 3")
        let damaged = Instant(seconds: 1_800_000_002)
        #expect(try await store.acknowledged(by: "siem", in: Interval(.distantPast, damaged)).count == 2)
        let inIDs = await #expect(throws: Failure.self) {
            try await store.acknowledged(by: "siem", in: Interval(damaged, damaged + .seconds(1)))
        }
        #expect(inIDs?.message.hasPrefix("offset file '\(file.path)' is damaged: ") == true)
        try file.execute("UPDATE coverage SET end = end + 1")
        let inLedger = await #expect(throws: Failure.self) { try await store.ledger(of: "siem") }
        #expect(inLedger?.message.hasPrefix("offset file '\(file.path)' is damaged: ") == true)
        await store.close()
    }

    @Test func `a commit does not seal what was damaged before it`() async throws {
        try await file.make()
        let store = try OffsetStore(path: file.path)
        try file.execute("UPDATE coverage SET end = end + 1")
        var change = LedgerChange(output: "siem")
        let start = Instant(seconds: 1_800_000_000)
        change.coverage = [.all: Coverage([Interval(start, start + .seconds(30))]), Lane(service: "Routing"): Coverage()]
        change.queries = [.sweep: nil]
        try await store.commit(change)
        await store.close()
        #expect(await file.refusal()?.message.contains("is damaged") == true)
    }

    @Test(arguments: [0, 1, 100, 511])
    func `a file of which nothing is left is no new one`(length: Int) async throws {
        try await file.make()
        let rest = Array(try TemporaryFile.bytes(file.path)[..<length])
        try TemporaryFile.write(rest, to: file.path)
        for access in [OffsetStore.Access.exclusive, .readOnly] {
            let refusal = await file.refusal(access)
            #expect(refusal?.message == "offset file '\(file.path)' is damaged: it has no more than \(length) bytes")
            #expect(refusal?.hint.hasPrefix("move it aside and run again with --since") == true)
        }
        #expect(try TemporaryFile.bytes(file.path) == rest)
    }

    @Test(arguments: ["-wal", "-shm"])
    func `a file that is gone is no new one where something is left of it`(suffix: String) async throws {
        try TemporaryFile.write([], to: file.path + suffix)
        for access in [OffsetStore.Access.exclusive, .readOnly] {
            let refusal = await file.refusal(access)
            #expect(refusal?.code == .offsets)
            #expect(refusal?.message == "offset file '\(file.path)' is gone, and '\(file.path)\(suffix)' is left of it")
        }
        #expect(!OffsetStore.exists(file.path))
    }

    @Test func `a link to nothing is not replaced by a new file`() async throws {
        try #require(symlink(file.directory + "/elsewhere.db", file.path) == 0)
        #expect(await file.refusal()?.message.contains("it is a link to nothing") == true)
    }

    @Test func `what an interrupted beginning left is no hindrance, and a finished one leaves nothing`() async throws {
        for suffix in ["", "-journal"] { try TemporaryFile.write([1, 2, 3], to: file.path + ".new" + suffix) }
        #expect(await file.refusal() == nil)
        #expect(Set(TemporaryFile.names(in: file.directory)) == ["offsets.db", "offsets.db.lock"])
    }

    @Test func `an output that began has begun in the file itself, whatever becomes of the log`() async throws {
        let store = try OffsetStore(path: file.path)
        var change = LedgerChange(output: "siem")
        change.start = Instant(seconds: 1_800_000_000)
        try await store.commit(change)
        let copy = try TemporaryFile()
        try TemporaryFile.write(try TemporaryFile.bytes(file.path), to: copy.path)
        let reopened = try OffsetStore(path: copy.path)
        #expect(try await reopened.ledger(of: "siem") == Ledger(start: Instant(seconds: 1_800_000_000)))
        await reopened.close()
        await store.close()
    }
}
