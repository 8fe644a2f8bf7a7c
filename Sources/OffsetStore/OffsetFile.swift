import AuditCore
import CSQLite
import Glibc

/// Opening the file: what may be opened, what is made new, what is refused.
enum OffsetFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes the file and what stands beside it. To be called by who holds the lock.
    static func remove(_ path: String) {
        for suffix in ["-wal", "-shm", "", InstanceLock.suffix] { unlink(path + suffix) }
    }

    /// Makes the missing directories above `path`, for this user alone.
    static func makeDirectory(of path: String) throws(Failure) {
        var position = path.startIndex
        while let slash = path[position...].firstIndex(of: "/") {
            position = path.index(after: slash)
            let directory = String(path[..<slash])
            guard !directory.isEmpty, !exists(directory) else { continue }
            if mkdir(directory, 0o700) != 0, errno != EEXIST {
                throw OffsetFailures.unusable(path, "directory '\(directory)' cannot be made")
            }
        }
    }

    static func open(_ path: String, access: OffsetStore.Access) throws(Failure) -> Database {
        do {
            let database = try Database(path: path, access: access == .exclusive ? .readWrite : .readOnly)
            try prepare(database, path, access)
            return database
        } catch let error as SQLiteError {
            throw error.isCorruption ? OffsetFailures.corrupt(path, error.message) : OffsetFailures.unusable(path, error.message)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw OffsetFailures.unusable(path, "\(error)")
        }
    }

    private static func prepare(_ database: Database, _ path: String, _ access: OffsetStore.Access) throws {
        let isNew = try value(database, "SELECT count(*) FROM sqlite_schema") == 0
        if !isNew { try checkOrigin(database, path, access) }
        if access == .exclusive {
            try database.execute(Schema.pragmas)
            chmod(path, 0o600)
        }
        if isNew {
            guard access == .exclusive else { throw OffsetFailures.missing(path) }
            try database.transaction { () throws(SQLiteError) in try database.execute(Schema.creation) }
        }
        try checkIntegrity(database, path)
        if !isNew, access == .exclusive { try migrate(database) }
    }

    /// Makes a file of an earlier version one of the present.
    private static func migrate(_ database: Database) throws {
        while let step = Schema.migrations[try value(database, "PRAGMA user_version")] {
            try database.transaction { () throws(SQLiteError) in try database.execute(step) }
        }
    }

    private static func checkOrigin(
        _ database: Database, _ path: String, _ access: OffsetStore.Access
    ) throws {
        guard try value(database, "PRAGMA application_id") == Schema.applicationID else { throw OffsetFailures.foreign(path) }
        let version = try value(database, "PRAGMA user_version")
        guard version <= Schema.version else { throw OffsetFailures.tooNew(path, version: version) }
        guard version == Schema.version || access == .exclusive else {
            throw OffsetFailures.tooOld(path, version: version)
        }
    }

    private static func checkIntegrity(_ database: Database, _ path: String) throws {
        var problems: [String] = []
        try database.run("PRAGMA quick_check(1)") { problems.append($0.text(0)) }
        guard problems == ["ok"] else { throw OffsetFailures.corrupt(path, problems.first ?? "no answer to the check") }
    }

    private static func value(_ database: Database, _ sql: String) throws(SQLiteError) -> Int64 {
        var value: Int64 = 0
        try database.run(sql) { value = $0.integer(0) }
        return value
    }
}
