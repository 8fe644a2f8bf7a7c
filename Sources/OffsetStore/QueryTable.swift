import AuditCore
import Engine

/// Asynchronous queries that are being read, in the table `query` of `Schema`.
extension Database {
    func queries(of output: SQLiteValue) throws(SQLiteError) -> [Ring: QueryProgress] {
        let sql = """
            SELECT ring, lane, start, end, window_start, window_end, transaction_id, cursor, coverable_until
            FROM query WHERE output = ?
            """
        var queries: [Ring: QueryProgress] = [:]
        try run(sql, [output]) { row in
            // A ring that this version does not know has nothing to go on with: its time is read anew.
            guard let ring = Ring(rawValue: row.text(0)) else { return }
            queries[ring] = QueryProgress(
                lane: Lane(stored: row.text(1), endpoint: 1), interval: row.interval(2), window: row.interval(4),
                continuation: Continuation(transactionID: row.text(6), cursor: row.isNull(7) ? nil : row.text(7)),
                coverableUntil: Instant(milliseconds: row.integer(8)))
        }
        return queries
    }

    func replace(
        _ progress: QueryProgress?, of ring: Ring, _ output: SQLiteValue, _ seal: inout Seal
    ) throws(SQLiteError) {
        try seal.delete(from: "query", where: "output = ? AND ring = ?", [output, .text(ring.rawValue)])
        guard let progress else { return }
        let values: [SQLiteValue] = [
            output, .text(ring.rawValue), .text(progress.lane.stored),
            .integer(progress.interval.start.milliseconds), .integer(progress.interval.end.milliseconds),
            .integer(progress.window.start.milliseconds), .integer(progress.window.end.milliseconds),
            .text(progress.continuation.transactionID), progress.continuation.cursor.map(SQLiteValue.text) ?? .null,
            .integer(progress.coverableUntil.milliseconds),
        ]
        try seal.insert(into: "query", values)
    }
}
