import AuditCore
import Glibc

/// What an offset file is like, for whoever wants to know before a run. Nothing is changed, and nothing made but what
/// SQLite keeps beside a file that has a log.
public enum OffsetInspection: Sendable, Equatable {
    /// A run would make it.
    case absent
    /// - Parameter holder: the instance that has it now; `nil` where none has.
    case sound(outputs: Int, holder: String?)
    /// Of an earlier version, which a run brings up to date.
    case earlier(version: Int64)

    /// Reads the whole file; blocks its caller. A running instance is not disturbed. One that starts at the very same moment may be told that the
    /// file is held, and has to start again.
    /// - Throws: `Failure` with code `offsets` where it cannot be read, is not sound, or may not be written by this user.
    public static func of(_ path: String) throws(Failure) -> OffsetInspection {
        // It is to be writable first: what is wrong with its contents is of no use to a user who may not write it.
        if let obstacle = obstacle(to: path) { throw OffsetFailures.unusable(path, obstacle) }
        var status = stat()
        if ["", "-wal", "-shm"].allSatisfy({ lstat(path + $0, &status) != 0 }) { return .absent }
        let holder = InstanceLock.holder(of: path)
        // What a killed run has left in its log belongs to the file.
        let isUntouched = holder == nil && access(path + "-wal", F_OK) != 0
        let database: Database
        do {
            database = try OffsetFile.open(path, access: .readOnly, isUntouched: isUntouched)
        } catch {
            if let version = earlierVersion(path) { return .earlier(version: version) }
            throw error
        }
        do {
            return .sound(outputs: try database.outputs().count, holder: holder)
        } catch {
            throw OffsetFailures.corrupt(path, "\(error)")
        }
    }

    /// `nil` where the file is not one of this program's, or not of an earlier version.
    private static func earlierVersion(_ path: String) -> Int64? {
        guard let database = try? Database(path: path, access: .readUntouched),
            (try? database.value("PRAGMA application_id")) == Schema.applicationID, let version = try? database.version(),
            (1..<Schema.version).contains(version)
        else { return nil }
        return version
    }

    /// The file, its lock, and the directory in which SQLite makes files beside it have to be writable.
    private static func obstacle(to path: String) -> String? {
        for file in [path, path + InstanceLock.suffix] where access(file, F_OK) == 0 {
            if let reason = refusal(file, R_OK | W_OK) { return "'\(file)': \(reason)" }
        }
        var directory = path
        repeat {
            directory = directory.lastIndex(of: "/").map { $0 == directory.startIndex ? "/" : String(directory[..<$0]) } ?? "."
        } while access(directory, F_OK) != 0 && directory != "/" && directory != "."
        return refusal(directory + "/.", W_OK | X_OK).map { "directory '\(directory)': \($0)" }
    }

    private static func refusal(_ path: String, _ mode: Int32) -> String? {
        guard faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 else { return nil }
        let text = String(cString: strerror(errno))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
