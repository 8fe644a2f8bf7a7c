import AuditCore
import Glibc

/// The truth as a file, one JSON object a line, in the order in which audits become visible. Every append is written at once, so
/// that the file is complete whenever the process ends.
final class TruthLog: Sendable {
    private let descriptor: Int32

    /// Empties the file, or makes it.
    init(path: String) throws(Failure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(
                .failed, "truth log '\(path)' cannot be opened: \(String(cString: strerror(errno)))",
                hint: "choose a path in a directory that exists and can be written")
        }
    }

    deinit { close(descriptor) }

    /// Appends entries. A disk that is full is seen by whoever compares with the log, which then lacks its end.
    func append(_ entries: [TruthEntry]) {
        guard !entries.isEmpty else { return }
        var text = JSONText(capacity: entries.count * 220)
        for entry in entries { entry.write(to: &text) }
        let bytes = text.bytes
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }
}
