import AuditCore
import Glibc

/// Makes an offset file in one step: it is there with its tables, on disk, or it is not there. So an empty one is a damaged one.
enum NewFile {
    /// Only the holder of the instance lock may.
    static func make(at path: String) throws {
        let draft = path + ".new"
        remove(draft)
        do {
            // For this user alone from the beginning; SQLite takes an empty file for a new database.
            try with(draft, O_RDWR | O_CREAT | O_EXCL, path) { _ in 0 }
            try write(draft)
            try with(draft, O_RDONLY, path, fsync)
            guard rename(draft, path) == 0 else { throw OffsetFailures.unusable(path, String(cString: strerror(errno))) }
            try with(directory(of: path), O_RDONLY, path, fsync)
        } catch {
            remove(draft)
            throw error
        }
    }

    /// Not in a write-ahead log yet: closing would bring that into the file, and not say whether it could.
    private static func write(_ draft: String) throws(SQLiteError) {
        let database = try Database(path: draft, access: .readWrite)
        try database.transaction { () throws(SQLiteError) in
            try database.execute(Schema.creation)
            try database.sealAsItIs()
        }
    }

    private static func with(
        _ file: String, _ flags: Int32, _ path: String, _ work: (Int32) -> Int32
    ) throws(Failure) {
        let descriptor = open(file, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OffsetFailures.unusable(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard work(descriptor) == 0 else { throw OffsetFailures.unusable(path, String(cString: strerror(errno))) }
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func remove(_ draft: String) {
        for suffix in ["", "-journal"] { unlink(draft + suffix) }
    }
}
