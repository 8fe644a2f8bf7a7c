import Glibc

/// A path in a directory of its own, which goes with the last one who holds it.
final class TemporaryFile: Sendable {
    let directory: String
    var path: String { directory + "/offsets.db" }

    init() throws {
        var template = Array("/tmp/auditferry-offsets-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unusable() }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    struct Unusable: Error {}

    deinit {
        for name in TemporaryFile.names(in: directory) { unlink(directory + "/" + name) }
        rmdir(directory)
    }

    static func names(in directory: String) -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Unusable() }
        defer { Glibc.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        guard pread(descriptor, &bytes, bytes.count, 0) == bytes.count else { throw Unusable() }
        return bytes
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw Unusable() }
        defer { Glibc.close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Unusable() }
    }
}
