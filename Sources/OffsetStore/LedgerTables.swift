import AuditCore
import Engine

/// Ledgers in the tables of `Schema`.
extension Database {
    func ledger(of output: String) throws -> Ledger? {
        var start: Instant?
        try run("SELECT start FROM output WHERE name = ?", [.text(output)]) { start = Instant(milliseconds: $0.integer(0)) }
        guard let start else { return nil }
        var lanes: [Lane: Coverage] = [:]
        let sql = """
            SELECT endpoint, lane, coverage.start, coverage.end FROM coverage JOIN output ON output.id = coverage.output
            WHERE name = ? ORDER BY endpoint, lane, coverage.start
            """
        try run(sql, [.text(output)]) { row in
            let interval = Interval(Instant(milliseconds: row.integer(2)), Instant(milliseconds: row.integer(3)))
            lanes[Lane(stored: row.text(1), endpoint: row.integer(0)), default: Coverage()].insert(interval)
        }
        return Ledger(start: start, lanes: lanes, queries: try queries(of: output))
    }

    func acknowledged(by output: String, in interval: Interval) throws -> [AcknowledgedBatch] {
        let sql = """
            SELECT first, last, uuids, texts FROM acknowledged
            WHERE output = (SELECT id FROM output WHERE name = ?) AND last >= ? AND first < ?
            """
        let bounds: [SQLiteValue] = [.integer(interval.start.milliseconds), .integer(interval.end.milliseconds)]
        var batches: [AcknowledgedBatch] = []
        try run(sql, [.text(output)] + bounds) { row in
            batches.append(
                AcknowledgedBatch(
                    first: Instant(milliseconds: row.integer(0)), last: Instant(milliseconds: row.integer(1)),
                    ids: PackedIDs(uuids: row.blob(2), texts: row.blob(3)).ids))
        }
        return batches
    }

    func commit(_ change: LedgerChange) throws {
        try transaction { () throws(SQLiteError) in
            if let start = change.start {
                try run("INSERT INTO output (name, start) VALUES (?, ?)", [.text(change.output), .integer(start.milliseconds)])
            }
            let output = try identifier(of: change.output)
            for batch in change.acknowledged { try insert(batch, output) }
            for (lane, coverage) in change.coverage { try replace(coverage, of: lane, output) }
            for (ring, progress) in change.queries { try replace(progress, of: ring, output) }
            if let instant = change.forgetBefore {
                try run("DELETE FROM acknowledged WHERE output = ? AND last < ?", [output, .integer(instant.milliseconds)])
            }
        }
    }

    func outputs() throws -> [String] {
        var names: [String] = []
        try run("SELECT name FROM output ORDER BY name") { names.append($0.text(0)) }
        return names
    }

    func idCount(of output: String) throws -> Int {
        let sql = "SELECT uuids, texts FROM acknowledged WHERE output = (SELECT id FROM output WHERE name = ?)"
        var count = 0
        try run(sql, [.text(output)]) { row in count += PackedIDs(uuids: row.blob(0), texts: row.blob(1)).ids.count }
        return count
    }

    func rewind(_ output: String, to instant: Instant) throws {
        guard let ledger = try ledger(of: output) else {
            throw OffsetFailures.unknownOutput(output, known: try outputs())
        }
        try transaction { () throws(SQLiteError) in
            let id = try identifier(of: output)
            try run("UPDATE output SET start = min(start, ?) WHERE id = ?", [.integer(instant.milliseconds), id])
            try run("DELETE FROM acknowledged WHERE output = ? AND last >= ?", [id, .integer(instant.milliseconds)])
            // What a query has shown before its cursor would not be shown again.
            try run("DELETE FROM query WHERE output = ?", [id])
            for (lane, coverage) in ledger.lanes {
                var rest = coverage
                rest.remove(Interval(min(instant, .distantFuture), .distantFuture))
                try replace(rest, of: lane, id)
            }
        }
    }

    private func identifier(of output: String) throws(SQLiteError) -> SQLiteValue {
        var id: Int64?
        try run("SELECT id FROM output WHERE name = ?", [.text(output)]) { id = $0.integer(0) }
        guard let id else { throw SQLiteError(code: 1, message: "output '\(output)' has not begun") }
        return .integer(id)
    }

    private func insert(_ batch: AcknowledgedBatch, _ output: SQLiteValue) throws(SQLiteError) {
        let packed = PackedIDs(batch.ids)
        try run(
            "INSERT INTO acknowledged (output, first, last, uuids, texts) VALUES (?, ?, ?, ?, ?)",
            [
                output, .integer(batch.first.milliseconds), .integer(batch.last.milliseconds), .blob(packed.uuids),
                .blob(packed.texts),
            ])
    }

    private func replace(_ coverage: Coverage, of lane: Lane, _ output: SQLiteValue) throws(SQLiteError) {
        let key = [output, .integer(lane.storedEndpoint), .text(lane.stored)]
        try run("DELETE FROM coverage WHERE output = ? AND endpoint = ? AND lane = ?", key)
        for interval in coverage.intervals {
            try run(
                "INSERT INTO coverage (output, endpoint, lane, start, end) VALUES (?, ?, ?, ?, ?)",
                key + [.integer(interval.start.milliseconds), .integer(interval.end.milliseconds)])
        }
    }
}

extension Lane {
    /// As the offset file writes it: services have names, so that the empty one is free for all of them.
    var stored: String { service ?? "" }
    var storedEndpoint: Int64 { endpoint == .realtime ? 0 : 1 }

    init(stored: String, endpoint: Int64) {
        self.init(service: stored.isEmpty ? nil : stored, endpoint: endpoint == 0 ? .realtime : .asynchronous)
    }
}
