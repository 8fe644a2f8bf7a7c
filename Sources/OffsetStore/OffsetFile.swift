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

    /// Opens the file; makes it where it is missing and `access` is exclusive.
    /// - Parameter isUntouched: nobody has it open, and nothing is to be made beside it.
    static func open(_ path: String, access: OffsetStore.Access, isUntouched: Bool = false) throws(Failure) -> Database {
        do {
            if try !isThere(path) {
                guard access == .exclusive else { throw OffsetFailures.missing(path) }
                try NewFile.make(at: path)
            }
            let reading = isUntouched ? Database.Access.readUntouched : .readOnly
            let database = try Database(path: path, access: access == .exclusive ? .readWrite : reading)
            try prepare(database, path, access)
            return database
        } catch let error as SQLiteError {
            // A statement that makes no sense to SQLite means tables that are not those of this program any more.
            let isDamage = error.isCorruption || error.primaryCode == SQLITE_ERROR
            throw isDamage ? OffsetFailures.corrupt(path, error.message) : OffsetFailures.unusable(path, error.message)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw OffsetFailures.unusable(path, "\(error)")
        }
    }

    /// No file becomes this short by itself, since it is made in one step; nor is a file new that has left something behind.
    private static func isThere(_ path: String) throws(Failure) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let rests = ["", "-wal", "-shm"].map { path + $0 }
            guard let rest = rests.first(where: { lstat($0, &status) == 0 }) else { return false }
            throw rest == path ? OffsetFailures.unusable(path, "it is a link to nothing") : OffsetFailures.gone(path, rest)
        }
        // The smallest page that SQLite knows.
        guard status.st_size >= 512 else { throw OffsetFailures.corrupt(path, "it has no more than \(status.st_size) bytes") }
        return true
    }

    private static func prepare(_ database: Database, _ path: String, _ access: OffsetStore.Access) throws {
        try checkOrigin(database, path, access)
        if access == .exclusive {
            try database.execute(Schema.pragmas)
            chmod(path, 0o600)
        }
        try checkIntegrity(database, path)
        if access == .exclusive { try Migration.run(on: database) }
        try database.snapshot {
            try database.verifySeal()
            try database.verifyAcknowledged()
        }
    }

    private static func checkOrigin(_ database: Database, _ path: String, _ access: OffsetStore.Access) throws {
        guard try database.value("PRAGMA application_id") == Schema.applicationID else { throw OffsetFailures.foreign(path) }
        let version = try database.version()
        guard version >= 1 else { throw OffsetFailures.corrupt(path, "it has version \(version)") }
        guard version <= Schema.version else { throw OffsetFailures.tooNew(path, version: version) }
        guard version == Schema.version || access == .exclusive else {
            throw OffsetFailures.tooOld(path, version: version)
        }
    }

    private static func checkIntegrity(_ database: Database, _ path: String) throws {
        var problems: [String] = []
        // The quick check does not compare the indices with their tables, and ids are found by an index.
        try database.run("PRAGMA integrity_check(1)") { problems.append($0.text(0)) }
        guard problems != ["ok"] else { return }
        // The first line of an answer may be a title.
        let lines = problems.flatMap { $0.split(separator: "\n") }.filter { !$0.hasPrefix("***") }
        throw OffsetFailures.corrupt(path, lines.first.map(String.init) ?? "no answer to the check")
    }
}
