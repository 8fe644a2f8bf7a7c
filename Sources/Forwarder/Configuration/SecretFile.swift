import AuditCore

/// Reads a file whose content is one value. What it holds is in no message.
enum SecretFile {
    /// The largest such file, 64 KiB.
    static let maximumBytes = 64 << 10

    struct Problem: Error {
        /// Follows the path: `cannot be read: no such file`.
        let reason: String
        var isAbsence = false
    }

    /// The content without the line ends after it.
    static func read(_ path: String, _ files: some ConfigurationFiles) throws(Problem) -> (text: String, isReadableByAll: Bool) {
        let content: FileContent
        do throws(FileProblem) {
            content = try files.read(path, limit: maximumBytes)
        } catch {
            throw Problem(reason: "cannot be read: \(error.text(limit: maximumBytes))", isAbsence: error == .absent)
        }
        guard let text = String(validating: content.bytes, as: UTF8.self) else { throw Problem(reason: "is not UTF-8 text") }
        return (try singleLine(text), content.isReadableByAll)
    }

    /// One line of text without the line ends after it, as a secret and an identifier have to be.
    static func singleLine(_ text: String) throws(Problem) -> String {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.reversed().drop { $0 == "\n" || $0 == "\r" }.reversed()))
        guard !line.isEmpty else { throw Problem(reason: "is empty") }
        guard !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw Problem(reason: "holds more than one line of text")
        }
        return line
    }
}
