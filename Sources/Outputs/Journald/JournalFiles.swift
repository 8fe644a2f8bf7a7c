import Glibc

/// The files of the journal on disk, which whoever may read them may sync as well: journald itself does so every few minutes only.
struct JournalFiles: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Listings until two of them are the same.
    private static let mostRounds = 8

    private let place: JournalPlace
    /// Files that journald has done with, and that hold nothing unsynced of ours.
    private var settled: Set<String>?

    init(_ place: JournalPlace) { self.place = place }

    /// To be called before anything is sent that `sync` is to cover.
    mutating func begin() {
        if settled == nil { settled = Set((names() ?? []).filter(JournalFiles.isArchive)) }
    }

    /// Syncs every file that may hold something which was sent since `begin` and is seen in the journal, wherever journald has moved it since.
    /// - Throws: where the journal is in memory, or a file cannot be synced.
    mutating func sync() throws {
        begin()
        var before = try current()
        for _ in 0..<JournalFiles.mostRounds {
            for name in before where !(settled?.contains(name) ?? false) { try sync(name) }
            try sync(".")
            let after = try current()
            // A file that is renamed while a directory is read may stand in no listing.
            if after == before {
                settled = after.filter(JournalFiles.isArchive)
                return
            }
            before = after
        }
        throw Failure(description: "the files of the journal change too fast to be synced")
    }

    private func current() throws -> Set<String> {
        guard !place.isVolatile, let names = names() else {
            throw Failure(description: "its journal is not on disk now")
        }
        return names
    }

    private func sync(_ name: String) throws {
        let path = "\(place.persistentDirectory)/\(name)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // Renamed, which the next listing shows; or another user's, and what was read is in none of those.
            if [ENOENT, EACCES, EPERM].contains(errno) { return }
            throw Failure(description: "the journal '\(path)' cannot be synced: \(SystemError())")
        }
        defer { close(descriptor) }
        do throws(SystemError) {
            _ = try uninterrupted { fsync(descriptor) }
        } catch {
            throw Failure(description: "the journal '\(path)' cannot be synced: \(error)")
        }
    }

    /// `nil` where the directory cannot be read.
    private func names() -> Set<String>? {
        guard let directory = opendir(place.persistentDirectory) else { return nil }
        defer { closedir(directory) }
        var names: Set<String> = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) }
            if name.hasSuffix(".journal") || name.hasSuffix(".journal~") { names.insert(name) }
        }
        return names
    }

    /// Renamed by journald when it begins a new file; with `~` where the old one was not closed in order.
    private static func isArchive(_ name: String) -> Bool { name.contains("@") || name.hasSuffix("~") }
}
