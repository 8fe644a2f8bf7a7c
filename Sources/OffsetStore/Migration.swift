import AuditCore

/// Makes a file of an earlier version one of the present, a version a step, each in one transaction.
enum Migration {
    static func run(on database: Database) throws(SQLiteError) {
        while let step = steps[try database.version()] {
            try database.transaction { () throws(SQLiteError) in try step(database) }
        }
    }

    /// By the version that they begin with.
    private static let steps: [Int64: @Sendable (Database) throws(SQLiteError) -> Void] = [1: separateEndpoints, 2: seal]

    @Sendable private static func separateEndpoints(_ database: Database) throws(SQLiteError) {
        try database.execute(
            """
            ALTER TABLE coverage RENAME TO coverage_before;
            \(Schema.intervals("coverage"))
            \(Schema.query)
            INSERT INTO coverage (output, endpoint, lane, start, end) SELECT output, 0, lane, start, end FROM coverage_before;
            DROP TABLE coverage_before;
            PRAGMA user_version = 2;
            """)
    }

    @Sendable private static func seal(_ database: Database) throws(SQLiteError) {
        try database.execute(
            """
            ALTER TABLE acknowledged ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE output ADD COLUMN forgotten INTEGER;
            UPDATE output SET forgotten = (
                SELECT coalesce(min(last), \(Instant.distantFuture.milliseconds)) FROM acknowledged
                WHERE acknowledged.output = output.id);
            \(Schema.addedInVersion3)
            PRAGMA user_version = 3;
            """)
        try database.digestAcknowledged()
        try database.sealAsItIs()
    }
}

extension Database {
    func version() throws(SQLiteError) -> Int64 { try value("PRAGMA user_version") }

    /// What a statement of one row with one number says.
    func value(_ sql: String) throws(SQLiteError) -> Int64 {
        var value: Int64 = 0
        try run(sql) { value = $0.integer(0) }
        return value
    }
}
