import Glibc

extension FileSettings {
    /// Whether it could be appended to now. A file that is not there is not made.
    func probe() async -> OutputProbe {
        let path = path
        do {
            return OutputProbe("file '\(path)'", .sound, try await BoundedCall.run { try FileSettings.look(path) })
        } catch {
            return OutputProbe(
                "file '\(path)'", .failed, "\(error)",
                hint: "make its directory, and let this user write to it and to the file; or correct 'path'")
        }
    }

    /// Opens a regular file as `AppendedFile` does, but for the making. Anything else is only looked at: the reader of a FIFO would take our
    /// leaving for the end.
    private static func look(_ path: String) throws -> String {
        var status = stat()
        let isThere = stat(path, &status) == 0
        let kind = status.st_mode & S_IFMT
        if isThere, kind == S_IFREG {
            close(try uninterrupted { open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) })
            return "can be appended to"
        }
        // What open(2) would refuse, whatever the mode says.
        if kind == S_IFDIR { throw SystemError(EISDIR) }
        if kind == S_IFSOCK { throw SystemError(ENXIO) }
        if let obstacle = WritableFile.obstacle(to: path) { throw Obstacle(description: obstacle) }
        return isThere ? "can be appended to" : "is not there yet and can be made"
    }

    private struct Obstacle: Error, CustomStringConvertible { let description: String }
}
