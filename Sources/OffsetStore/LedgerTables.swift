import AuditCore
import Engine

/// Ledgers in the tables of `Schema`.
extension Database {
    func ledger(of output: String) throws -> Ledger? {
        try snapshot {
            try verifySeal()
            guard let row = try outputRow(output) else { return nil }
            return Ledger(
                start: row.start, lanes: try intervals("coverage", of: row.id), queries: try queries(of: row.id),
                lost: try intervals("lost", of: row.id), late: try late(of: row.id), forgottenBefore: row.forgotten)
        }
    }

    func commit(_ change: LedgerChange) throws {
        try transaction { () throws(SQLiteError) in
            var seal = Seal(self)
            if let start = change.start {
                let id = try newIdentifier()
                try seal.insert(into: "output", [id, .text(change.output), .integer(start.milliseconds), .null])
            }
            let output = try identifier(of: change.output)
            for batch in change.acknowledged { try insert(batch, output) }
            for (lane, coverage) in change.coverage { try replace("coverage", coverage, of: lane, output, &seal) }
            for (lane, lost) in change.lost { try replace("lost", lost, of: lane, output, &seal) }
            if let late = change.late { try replace(late, output, &seal) }
            for (ring, progress) in change.queries { try replace(progress, of: ring, output, &seal) }
            if let instant = change.forgetBefore {
                let instant = SQLiteValue.integer(instant.milliseconds)
                try run("DELETE FROM acknowledged WHERE output = ? AND last < ?", [output, instant])
                try seal.update("output", output, set: "forgotten = max(coalesce(forgotten, ?2), ?2)", instant)
            }
            try seal.write()
        }
        // Without its begin an output would begin anew, at a later instant: it does not stay in the log alone. The commit itself is done.
        if change.start != nil { try? execute(Schema.checkpoint) }
    }

    func outputs() throws -> [String] {
        var names: [String] = []
        try run("SELECT name FROM output NOT INDEXED ORDER BY name") { names.append($0.text(0)) }
        return names
    }

    func rewind(_ output: String, to instant: Instant) throws {
        guard let ledger = try ledger(of: output) else {
            throw OffsetFailures.unknownOutput(output, known: try outputs())
        }
        try transaction { () throws(SQLiteError) in
            var seal = Seal(self)
            let id = try identifier(of: output)
            try seal.update(
                "output", id, set: "start = min(start, ?2), forgotten = min(forgotten, ?2)", .integer(instant.milliseconds))
            try run("DELETE FROM acknowledged WHERE output = ? AND last >= ?", [id, .integer(instant.milliseconds)])
            // What a query has shown before its cursor would not be shown again.
            try seal.delete(from: "query", where: "output = ?", [id])
            for (table, lanes) in [("coverage", ledger.lanes), ("lost", ledger.lost)] {
                for (lane, intervals) in lanes {
                    var rest = intervals
                    rest.remove(Interval(min(instant, .distantFuture), .distantFuture))
                    try replace(table, rest, of: lane, id, &seal)
                }
            }
            try seal.write()
        }
    }

    /// An output that began; `nil` where it never did. Not by the index of names, which no digest covers.
    func outputRow(_ output: String) throws(SQLiteError) -> (id: SQLiteValue, start: Instant, forgotten: Instant?)? {
        var found: (id: SQLiteValue, start: Instant, forgotten: Instant?)?
        try run("SELECT id, start, forgotten FROM output NOT INDEXED WHERE name = ?", [.text(output)]) {
            let forgotten = $0.isNull(2) ? nil : Instant(milliseconds: $0.integer(2))
            found = (.integer($0.integer(0)), Instant(milliseconds: $0.integer(1)), forgotten)
        }
        return found
    }

    private func identifier(of output: String) throws(SQLiteError) -> SQLiteValue {
        guard let row = try outputRow(output) else {
            throw SQLiteError(code: 1, message: "output '\(output)' has not begun")
        }
        return row.id
    }

    private func newIdentifier() throws(SQLiteError) -> SQLiteValue {
        var last: Int64 = 0
        try run("SELECT coalesce(max(id), 0) FROM output") { last = $0.integer(0) }
        return .integer(last + 1)
    }

    private func intervals(_ table: String, of output: SQLiteValue) throws(SQLiteError) -> [Lane: Coverage] {
        var lanes: [Lane: Coverage] = [:]
        try run("SELECT endpoint, lane, start, end FROM \(table) WHERE output = ?", [output]) { row in
            lanes[Lane(stored: row.text(1), endpoint: row.integer(0)), default: Coverage()].insert(row.interval(2))
        }
        return lanes
    }

    private func replace(
        _ table: String, _ coverage: Coverage, of lane: Lane, _ output: SQLiteValue, _ seal: inout Seal
    ) throws(SQLiteError) {
        let key = [output, .integer(lane.storedEndpoint), .text(lane.stored)]
        try seal.delete(from: table, where: "output = ? AND endpoint = ? AND lane = ?", key)
        for interval in coverage.intervals {
            try seal.insert(
                into: table,
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

extension SQLiteRow {
    /// The interval whose start stands in `column`, and its end in the next.
    func interval(_ column: Int32) -> Interval {
        Interval(Instant(milliseconds: integer(column)), Instant(milliseconds: integer(column + 1)))
    }
}
