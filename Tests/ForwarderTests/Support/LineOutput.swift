import Engine
import Formats
import Glibc
import NIOConcurrencyHelpers

@testable import Forwarder

/// An output that keeps the lines, and may refuse from some line on.
final class LineOutput: Output {
    struct Refusing {
        let after: Int
        let refusal: Refusal
    }

    let guarantee = Guarantee.application
    let window = 1
    private let refusing: Refusing?
    private let printed = PrintedLines()

    init(refusing: Refusing? = nil) { self.refusing = refusing }

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        if let refusing, printed.count + batch.audits.count > refusing.after {
            return answer(.refusedForNow(refusing.refusal))
        }
        do {
            try await printed.printer.print(batch.audits, of: batch.page)
            answer(.acknowledged)
        } catch {
            answer(.refusedForNow(Refusal("\(error)")))
        }
    }

    func close() async {}

    func lines() throws -> [PrintedLines.Line] { try printed.lines() }

    /// Sorted by their text.
    func ids() throws -> [String] { try lines().compactMap(\.id).sorted() }
}

/// A directory of its own, which goes with the last one who holds it. It has no directories in it.
final class TemporaryFiles: Sendable {
    struct Unusable: Error {}

    let path: String

    init() throws {
        var template = Array("/tmp/auditferry-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Unusable() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    var names: [String] {
        guard let handle = opendir(path) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }
}
