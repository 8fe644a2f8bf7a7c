import AuditCore
import Glibc

/// A directory of this process alone, which goes with it.
struct TemporaryDirectory {
    let path: String

    init() throws(Failure) {
        let base = ProcessEnvironment.variables["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/auditferry-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(
                .failed, "a temporary directory cannot be made in '\(base)': \(String(cString: strerror(errno)).lowercasedFirst)",
                hint: "name another place in TMPDIR")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Removes the files in it, and then itself. It has no directories in it.
    func remove() {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
                }
                unlink("\(path)/\(name)")
            }
            closedir(directory)
        }
        rmdir(path)
    }
}
