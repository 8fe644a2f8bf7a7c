import AuditCore
import Engine
import EngineTesting
import Glibc
import OffsetStore
import Testing

/// What is said of a file that a run would use, without touching it.
struct OffsetInspectionTests {
    private let file: TemporaryFile

    init() throws { file = try TemporaryFile() }

    private func failure(_ path: String) -> Failure? {
        do throws(Failure) {
            _ = try OffsetInspection.of(path)
            return nil
        } catch { return error }
    }

    @Test func `a file that is not there can be made, and is not`() throws {
        for path in [file.path, file.directory + "/deep/down/offsets.db"] { #expect(try OffsetInspection.of(path) == .absent) }
        #expect(TemporaryFile.names(in: file.directory) == [])
    }

    @Test func `a sound file is said to be so, and left as it was`() async throws {
        try await file.make()
        let (names, bytes) = (TemporaryFile.names(in: file.directory).sorted(), try TemporaryFile.bytes(file.path))
        #expect(try OffsetInspection.of(file.path) == .sound(outputs: 1, holder: nil))
        #expect(TemporaryFile.names(in: file.directory).sorted() == names)
        #expect(try TemporaryFile.bytes(file.path) == bytes)
        #expect(await file.refusal() == nil)
    }

    @Test func `what a killed run has left beside the file is read too`() async throws {
        try await file.make()
        let store = try OffsetStore(path: file.path)
        var change = LedgerChange(output: "other")
        change.start = Instant(seconds: 1_800_000_000)
        try await store.commit(change)
        let copy = try TemporaryFile()
        for name in ["offsets.db", "offsets.db-wal"] {
            try TemporaryFile.write(try TemporaryFile.bytes("\(file.directory)/\(name)"), to: "\(copy.directory)/\(name)")
        }
        await store.close()
        #expect(try OffsetInspection.of(copy.path) == .sound(outputs: 2, holder: nil))
        #expect(await copy.refusal() == nil)
    }

    @Test func `a path with marks of a URI names that file`() async throws {
        let odd = file.directory + "/a ?b%20#c.db"
        let store = try OffsetStore(path: odd)
        await store.close()
        #expect(try OffsetInspection.of(odd) == .sound(outputs: 0, holder: nil))
    }

    @Test func `a running instance is named, and not disturbed`() async throws {
        try await file.make()
        let store = try OffsetStore(path: file.path)
        #expect(try OffsetInspection.of(file.path) == .sound(outputs: 1, holder: "process \(getpid())"))
        var change = LedgerChange(output: "other")
        change.start = Instant(seconds: 1_800_000_000)
        try await store.commit(change)
        #expect(try OffsetInspection.of(file.path) == .sound(outputs: 2, holder: "process \(getpid())"))
        await store.close()
    }

    @Test func `an earlier version is no fault`() async throws {
        try await file.make()
        try file.execute("PRAGMA user_version = 2")
        #expect(try OffsetInspection.of(file.path) == .earlier(version: 2))
    }

    @Test func `damage is found, and a place that cannot be written to`() async throws {
        try await file.make()
        try file.execute("UPDATE output SET start = start + 1")
        #expect(failure(file.path)?.message.contains("is damaged") == true)
        try TemporaryFile.write(Array("no database".utf8), to: file.path)
        #expect(failure(file.path)?.code == .offsets)
        #expect(failure(file.path + "/offsets.db")?.message.contains("not a directory") == true)
    }
}
