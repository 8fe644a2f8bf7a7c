import AuditCore
import Engine

/// Asynchronous queries that are being read, in the table `query` of `Schema`.
extension Database {
    func queries(of output: String) throws -> [Ring: QueryProgress] {
        let sql = """
            SELECT ring, lane, query.start, end, window_start, window_end, transaction_id, cursor, coverable_until
            FROM query JOIN output ON output.id = query.output WHERE name = ?
            """
        var queries: [Ring: QueryProgress] = [:]
        try run(sql, [.text(output)]) { row in
            // A ring that this version does not know has nothing to go on with: its time is read anew.
            guard let ring = Ring(rawValue: row.text(0)) else { return }
            queries[ring] = QueryProgress(
                lane: Lane(stored: row.text(1), endpoint: 1), interval: row.interval(2), window: row.interval(4),
                continuation: Continuation(transactionID: row.text(6), cursor: row.isNull(7) ? nil : row.text(7)),
                coverableUntil: Instant(milliseconds: row.integer(8)))
        }
        return queries
    }

    func replace(_ progress: QueryProgress?, of ring: Ring, _ output: SQLiteValue) throws(SQLiteError) {
        guard let progress else {
            return try run("DELETE FROM query WHERE output = ? AND ring = ?", [output, .text(ring.rawValue)])
        }
        let sql = """
            INSERT OR REPLACE INTO query
                (output, ring, lane, start, end, window_start, window_end, transaction_id, cursor, coverable_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        let values: [SQLiteValue] = [
            output, .text(ring.rawValue), .text(progress.lane.stored),
            .integer(progress.interval.start.milliseconds), .integer(progress.interval.end.milliseconds),
            .integer(progress.window.start.milliseconds), .integer(progress.window.end.milliseconds),
            .text(progress.continuation.transactionID), progress.continuation.cursor.map(SQLiteValue.text) ?? .null,
            .integer(progress.coverableUntil.milliseconds),
        ]
        try run(sql, values)
    }
}

extension SQLiteRow {
    /// The interval whose start stands in `column`, and its end in the next.
    fileprivate func interval(_ column: Int32) -> Interval {
        Interval(Instant(milliseconds: integer(column)), Instant(milliseconds: integer(column + 1)))
    }
}
