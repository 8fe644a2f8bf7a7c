import AuditCore
import Engine

/// The acknowledged ids, in the table `acknowledged` of `Schema`.
///
/// Every row has a digest of its own, which is compared whenever the row is read: an id that changed into another audit's would suppress it.
extension Database {
    private static let table = "acknowledged"

    func acknowledged(by output: String, in interval: Interval) throws -> [AcknowledgedBatch] {
        guard let id = try outputRow(output)?.id else { return [] }
        var batches: [AcknowledgedBatch] = []
        let bounds: [SQLiteValue] = [.integer(interval.start.milliseconds), .integer(interval.end.milliseconds)]
        try readBatches(where: "output = ? AND last >= ? AND first < ?", [id] + bounds) { row in
            batches.append(
                AcknowledgedBatch(
                    first: Instant(milliseconds: row.integer(1)), last: Instant(milliseconds: row.integer(2)),
                    ids: row.packedIDs.ids))
        }
        return batches
    }

    func idCount(of output: String) throws -> Int {
        guard let id = try outputRow(output)?.id else { return 0 }
        var count = 0
        try readBatches(where: "output = ?", [id]) { count += $0.packedIDs.ids.count }
        return count
    }

    func verifyAcknowledged() throws(SQLiteError) { try readBatches(where: "true", []) { _ in } }

    func insert(_ batch: AcknowledgedBatch, _ output: SQLiteValue) throws(SQLiteError) {
        let packed = PackedIDs(batch.ids)
        let values: [SQLiteValue] = [
            output, .integer(batch.first.milliseconds), .integer(batch.last.milliseconds), .blob(packed.uuids),
            .blob(packed.texts),
        ]
        let digest = Int64(bitPattern: Digest.of(values, in: Database.table))
        try run(
            "INSERT INTO acknowledged (output, first, last, uuids, texts, digest) VALUES (?, ?, ?, ?, ?, ?)",
            values + [.integer(digest)])
    }

    /// Gives the rows of a file of before the digests one.
    func digestAcknowledged() throws(SQLiteError) {
        var ids: [SQLiteValue] = []
        try run("SELECT id FROM acknowledged") { ids.append(.integer($0.integer(0))) }
        for id in ids {
            var digest: UInt64 = 0
            try run("SELECT output, first, last, uuids, texts FROM acknowledged WHERE id = ?", [id]) {
                digest = Digest.of($0.values, in: Database.table)
            }
            try run("UPDATE acknowledged SET digest = ? WHERE id = ?", [.integer(Int64(bitPattern: digest)), id])
        }
    }

    /// The columns before the digest are what it is of, as they were read: some may come out of the index.
    private func readBatches(
        where condition: String, _ values: [SQLiteValue], _ take: (SQLiteRow) -> Void
    ) throws(SQLiteError) {
        var isSound = true
        let sql = "SELECT output, first, last, uuids, texts, digest FROM acknowledged WHERE \(condition)"
        try run(sql, values) { row in
            guard Digest.of(row.values.dropLast(), in: Database.table) == UInt64(bitPattern: row.integer(5)) else {
                return isSound = false
            }
            take(row)
        }
        guard isSound else { throw SQLiteError.damaged("acknowledged ids in it are not what was written") }
    }
}

extension SQLiteRow {
    fileprivate var packedIDs: PackedIDs { PackedIDs(uuids: blob(3), texts: blob(4)) }
}
