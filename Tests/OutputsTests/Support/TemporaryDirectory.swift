import Glibc

/// A directory that goes, with the files in it, with the last one who holds it.
final class TemporaryDirectory: Sendable {
    let path: String

    struct Unusable: Error {}

    init() throws {
        var template = Array("/tmp/auditferry-outputs-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unusable() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { TemporaryDirectory.remove(path) }

    func file(_ name: String) -> String { path + "/" + name }

    static func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Unusable() }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        guard pread(descriptor, &bytes, bytes.count, 0) == bytes.count else { throw Unusable() }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o640)
        guard descriptor >= 0 else { throw Unusable() }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else { throw Unusable() }
    }

    static func lines(_ path: String) throws -> [String] {
        try read(path).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    private static func remove(_ path: String) {
        guard let handle = opendir(path) else { return }
        defer {
            closedir(handle)
            rmdir(path)
        }
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) }
            guard name != ".", name != ".." else { continue }
            if unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
        }
    }
}
