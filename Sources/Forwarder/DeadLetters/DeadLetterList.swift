import AuditCore
import Glibc
import Outputs

/// `deadletters list`: what outputs refused for good. Reads only, also while a run keeps letters and while others are replayed.
public struct DeadLetterList: Sendable, Equatable {
    public struct Letter: Sendable, Equatable {
        public let time: String
        public let reason: String
        /// `nil` where the audit has none.
        public let id: String?
    }

    public struct File: Sendable, Equatable {
        public let output: String
        public let path: String
        /// In the file's order.
        public let letters: [Letter]
        /// The numbers of the lines that are no letters.
        public let damaged: [Int]
    }

    /// By output. Letters that a replay has moved aside stand in a file of their own, before the others.
    public let files: [File]

    /// - Parameter output: whose letters are wanted; `nil` for everybody's: those of the configured outputs, and of those that a run was
    ///   given by a flag.
    /// - Throws: `Failure`: `data` for an output that neither is configured nor has letters, `failed` where a file cannot be read.
    public static func load(_ settings: DeliverySettings, output: String? = nil) throws(Failure) -> DeadLetterList {
        var paths: [String: String] = [:]
        for name in found(besides: settings.offsetsPath) {
            paths[name] = DeadLetterName.directory(of: settings.offsetsPath) + name + DeadLetterName.suffix
        }
        for definition in settings.configured { paths[definition.name] = definition.deadLetters(besides: settings.offsetsPath) }
        if let output {
            guard let path = paths[output] else {
                throw Failure(
                    .data, "output \(Quoted.value(output)) has no dead letters, and is not in the configuration",
                    hint: paths.isEmpty
                        ? "no output has any" : "there are \(paths.keys.sorted().map { "'\($0)'" }.joined(separator: ", "))")
            }
            paths = [output: path]
        }
        var files: [File] = []
        for (output, path) in paths.sorted(by: { $0.key < $1.key }) {
            for path in [DeadLetterAside.asidePath(of: path), path] {
                if let file = try read(path, output) { files.append(file) }
            }
        }
        return DeadLetterList(files: files)
    }

    /// The outputs with files that nobody named.
    private static func found(besides offsetsPath: String) -> Set<String> {
        let directory = DeadLetterName.directory(of: offsetsPath)
        guard let entries = opendir(directory.isEmpty ? "." : directory) else { return [] }
        defer { closedir(entries) }
        var names: Set<String> = []
        while let entry = readdir(entries) {
            let file = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            let suffixes = [DeadLetterName.suffix, DeadLetterAside.asidePath(of: DeadLetterName.suffix)]
            for suffix in suffixes where file.hasSuffix(suffix) {
                let name = String(file.dropLast(suffix.count))
                if OutputName.isValid(name) { names.insert(name) }
            }
        }
        return names
    }

    /// `nil` where there is no such file.
    private static func read(_ path: String, _ output: String) throws(Failure) -> File? {
        guard access(path, F_OK) == 0 else { return nil }
        var letters: [Letter] = []
        var damaged: [Int] = []
        do {
            let lines = try LineFile(path)
            while let line = try lines.next() {
                if let letter = DeadLetter(line) {
                    letters.append(Letter(time: letter.time, reason: letter.reason, id: letter.audit.id?.description))
                } else {
                    damaged.append(line.number)
                }
            }
        } catch {
            throw Failure(.failed, "dead letters '\(path)' cannot be read: \(error)", hint: "check the permissions of the file")
        }
        return File(output: output, path: path, letters: letters, damaged: damaged)
    }

    /// What of the files is damaged; `nil` where nothing is.
    public var failure: Failure? {
        let problems = files.flatMap { DamagedLines.problems($0.damaged, of: $0.path) }
        return problems.isEmpty ? nil : Failure(.data, problems: problems, hint: DamagedLines.hint)
    }
}

extension DeadLetterList {
    /// For people: a line for each file, and a line for each letter below it.
    public var lines: [String] {
        if files.isEmpty { return ["no output has dead letters"] }
        return files.flatMap { file in
            ["output \(file.output): \(file.letters.count) \(file.letters.count == 1 ? "letter" : "letters") in \(file.path)"]
                + file.letters.map { letter in
                    let id = letter.id.map { "id \(PrintableText.of($0))" } ?? "no id"
                    return "  \(PrintableText.of(letter.time)) \(id): \(PrintableText.of(letter.reason))"
                }
        }
    }

    /// For machines: a list, empty where there is no file.
    public var json: String {
        MachineText.json(
            files.map { file in
                FileDocument(
                    output: file.output, path: file.path, count: file.letters.count, damaged: file.damaged,
                    letters: file.letters.map { LetterDocument(time: $0.time, reason: $0.reason, id: $0.id) })
            })
    }

    private struct FileDocument: Encodable {
        let output: String
        let path: String
        let count: Int
        let damaged: [Int]
        let letters: [LetterDocument]
    }

    private struct LetterDocument: Encodable {
        let time: String
        let reason: String
        let id: String?
    }
}
