/// Writes rows of the tables that decide what is read, and keeps the sum of their digests beside them.
///
/// A value in them that changed, or a row that is missing, would let the program take time for delivered that is not; SQLite's own check sees
/// neither. What is written adds to the sum and what is deleted takes from it as it was read, so that a commit costs no other row, and damage
/// to one is never sealed with it.
struct Seal {
    static let tables = ["output", "coverage", "lost", "query", "late"]

    private let database: Database
    private var change: UInt64 = 0

    init(_ database: Database) { self.database = database }

    mutating func insert(into table: String, _ values: [SQLiteValue]) throws(SQLiteError) {
        let places = values.map { _ in "?" }.joined(separator: ", ")
        try database.run("INSERT INTO \(table) VALUES (\(places))", values)
        change &+= Digest.of(values, in: table)
    }

    mutating func delete(from table: String, where condition: String, _ values: [SQLiteValue]) throws(SQLiteError) {
        change &-= try database.sumOfRows(of: table, where: condition, values)
        try database.run("DELETE FROM \(table) WHERE \(condition)", values)
    }

    /// Changes the row of an id, which is `?1`; the value is `?2`.
    mutating func update(
        _ table: String, _ id: SQLiteValue, set assignment: String, _ value: SQLiteValue
    ) throws(SQLiteError) {
        change &-= try database.sumOfRows(of: table, where: "id = ?1", [id])
        try database.run("UPDATE \(table) SET \(assignment) WHERE id = ?1", [id, value])
        change &+= try database.sumOfRows(of: table, where: "id = ?1", [id])
    }

    /// Ends the writing; within the transaction of the rows.
    func write() throws(SQLiteError) {
        guard change != 0 else { return }
        guard let sum = try database.sealedSum() else { throw SQLiteError.damaged("its check sum is missing") }
        try database.run("UPDATE seal SET sum = ?", [.integer(Int64(bitPattern: sum &+ change))])
    }
}

extension Database {
    /// To be called within a transaction, so that the rows and the sum are of one moment.
    func verifySeal() throws(SQLiteError) {
        guard try sealedSum() == sumOfRows() else {
            throw SQLiteError.damaged("what it says of the outputs is not what was written")
        }
    }

    /// Makes the seal of tables that had none.
    func sealAsItIs() throws(SQLiteError) {
        try run("INSERT INTO seal (id, sum) VALUES (1, ?)", [.integer(Int64(bitPattern: try sumOfRows()))])
    }

    fileprivate func sealedSum() throws(SQLiteError) -> UInt64? {
        var sum: UInt64?
        try run("SELECT sum FROM seal WHERE id = 1") { sum = UInt64(bitPattern: $0.integer(0)) }
        return sum
    }

    private func sumOfRows() throws(SQLiteError) -> UInt64 {
        var sum: UInt64 = 0
        for table in Seal.tables { sum &+= try sumOfRows(of: table, where: "true", []) }
        return sum
    }

    fileprivate func sumOfRows(
        of table: String, where condition: String, _ values: [SQLiteValue]
    ) throws(SQLiteError) -> UInt64 {
        var sum: UInt64 = 0
        try run("SELECT * FROM \(table) NOT INDEXED WHERE \(condition)", values) { sum &+= Digest.of($0.values, in: table) }
        return sum
    }
}
