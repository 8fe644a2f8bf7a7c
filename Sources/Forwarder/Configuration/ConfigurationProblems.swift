/// Gathers everything that is wrong with a configuration, so that all of it is shown at once.
final class ConfigurationProblems {
    /// Problems that one failure lists; the rest is counted.
    static let maximumListed = 50

    private var found: [(line: Int, text: String)] = []
    private(set) var warnings: [String] = []

    var isEmpty: Bool { found.isEmpty }

    /// `line` is that of the configuration file; `nil` for what stands elsewhere, which is listed after the file's.
    func add(_ text: String, line: Int? = nil) {
        found.append((line ?? .max, text))
    }

    func warn(_ text: String) { warnings.append(text) }

    /// By line, equal lines in the order of finding.
    var sorted: [String] {
        let ordered = found.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        let texts = ordered.map { $0.element.text }
        guard texts.count > ConfigurationProblems.maximumListed else { return texts }
        let rest = texts.count - ConfigurationProblems.maximumListed
        return texts.prefix(ConfigurationProblems.maximumListed) + ["\(rest) more problems"]
    }
}
