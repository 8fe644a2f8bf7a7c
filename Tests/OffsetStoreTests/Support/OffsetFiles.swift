import AuditCore
import CSQLite
import Engine
import EngineTesting
import OffsetStore
import Testing

extension OffsetStore {
    /// Why a file is not opened.
    static func refusal(_ path: String, access: Access = .exclusive) async -> Failure? {
        do throws(Failure) {
            await (try OffsetStore(path: path, access: access)).close()
            return nil
        } catch { return error }
    }
}

extension TemporaryFile {
    func refusal(_ access: OffsetStore.Access = .exclusive) async -> Failure? {
        await OffsetStore.refusal(path, access: access)
    }

    /// Writes what an output has to several pages, and closes the file in order.
    func make() async throws {
        let store = try OffsetStore(path: path)
        let start = Instant(seconds: 1_800_000_000)
        for number in 0..<20 {
            var change = LedgerChange(output: "siem")
            if number == 0 { change.start = start }
            let instant = start + .seconds(number)
            let ids = (0..<100).map { AuditID(SampleAudit.uuid(number * 100 + $0)) }
            change.acknowledged = [AcknowledgedBatch(first: instant, last: instant, ids: ids)]
            change.coverage = [.all: Coverage([Interval(start, instant + .seconds(1))])]
            change.queries = [
                .sweep: QueryProgress(
                    lane: Lane(service: nil, endpoint: .asynchronous), interval: Interval(start, instant + .seconds(1)),
                    window: Interval(start, instant + .seconds(1)),
                    continuation: Continuation(transactionID: "t", cursor: nil), coverableUntil: instant)
            ]
            change.lost = [.all: Coverage([Interval(start - .seconds(number + 1), start)])]
            var late = LateArrivals()
            late.add(number + 1, delay: .seconds(number), within: .seconds(60))
            change.late = late
            try await store.commit(change)
        }
        await store.close()
    }

    /// Runs SQL as another program would.
    func execute(_ sql: String) throws {
        var handle: OpaquePointer?
        try #require(sqlite3_open(path, &handle) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        try #require(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
    }
}
