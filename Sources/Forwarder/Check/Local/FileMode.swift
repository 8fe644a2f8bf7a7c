import Glibc

/// Who may do what with a file (chmod(2)).
struct FileMode: Sendable, Equatable {
    let bits: mode_t

    init(bits: mode_t) { self.bits = bits }

    /// `nil` where there is no such file, or it cannot be looked at.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        bits = status.st_mode
    }

    var isReadableByAll: Bool { bits & S_IROTH != 0 }
    var isWritableByAll: Bool { bits & S_IWOTH != 0 }
}
