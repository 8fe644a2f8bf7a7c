import Glibc

/// Files of the system that hold a few lines.
package enum SmallFile {
    /// Empty where it cannot be read.
    package static func read(_ path: String, upTo most: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: most)
        let count = Glibc.read(descriptor, &bytes, most)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
