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

    /// Opens as `AppendedFile` does, but for the making.
    private static func look(_ path: String) throws -> String {
        if access(path, F_OK) == 0 {
            close(try uninterrupted { open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY) })
            return "can be appended to"
        }
        if let obstacle = WritableFile.obstacle(to: path) { throw Obstacle(description: obstacle) }
        return "is not there yet and can be made"
    }

    private struct Obstacle: Error, CustomStringConvertible { let description: String }
}
