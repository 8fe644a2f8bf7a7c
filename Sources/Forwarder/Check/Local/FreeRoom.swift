import Glibc

/// The room that a file system has left for whoever is not its superuser (statvfs(3)).
struct FreeRoom: Sendable, Equatable {
    /// Which file system it is.
    let device: UInt64
    /// That was asked: the nearest one that is there.
    let directory: String
    let bytes: Int
    /// It counts its files, and none is left.
    let hasNoFiles: Bool

    init(device: UInt64, directory: String, bytes: Int, hasNoFiles: Bool = false) {
        self.device = device
        self.directory = directory
        self.bytes = bytes
        self.hasNoFiles = hasNoFiles
    }

    /// Of the file system that the file is on, or will be.
    init?(of path: String) {
        var directory = path
        repeat {
            directory = FreeRoom.parent(of: directory)
            var (status, system) = (stat(), statvfs())
            if stat(directory, &status) == 0, statvfs(directory, &system) == 0 {
                self.init(
                    device: UInt64(status.st_dev), directory: directory,
                    bytes: Int(
                        clamping: UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize)).partialValue),
                    hasNoFiles: system.f_files > 0 && system.f_favail == 0)
                return
            }
        } while directory != "/" && directory != "."
        return nil
    }

    /// With one place after the point.
    var text: String {
        let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (unit, size) = units.first(where: { bytes >= $0.1 }) else { return "\(bytes) bytes" }
        let tenths = bytes / (size / 10)
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}
