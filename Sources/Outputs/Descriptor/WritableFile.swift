import Glibc

/// Whether a file can be written to, or made in its directory. Nothing is opened.
package enum WritableFile {
    /// What stands in the way, in the words of the system; `nil` where nothing does.
    package static func obstacle(to path: String) -> String? {
        if access(path, F_OK) == 0 { return refusal(path, R_OK | W_OK) }
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return refusal(directory + "/.", W_OK | X_OK).map { "directory '\(directory)': \($0)" }
    }

    private static func refusal(_ path: String, _ mode: Int32) -> String? {
        faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? nil : SystemError().description
    }
}
