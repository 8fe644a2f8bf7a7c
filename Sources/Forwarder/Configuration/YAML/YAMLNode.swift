/// A place in a file, counted from 1, as editors count.
struct YAMLMark: Equatable, Sendable {
    var line: Int
    var column: Int

    static let start = YAMLMark(line: 1, column: 1)
}

/// One value of a YAML document, and where it begins.
struct YAMLNode: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    let mark: YAMLMark
    let content: Content

    /// Whether nothing was written: an empty plain scalar, `~` or `null` (YAML 1.2 section 10.2.1.1).
    var isNull: Bool {
        guard case .scalar(let scalar) = content, !scalar.isQuoted else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }
}

struct YAMLScalar: Equatable, Sendable {
    let text: String
    /// Whether it was written in quotes or as a block, and so is text whatever it looks like.
    let isQuoted: Bool
}

/// A key of a mapping with its value. A mapping keeps the order of the file and holds no key twice.
struct YAMLEntry: Equatable, Sendable {
    let key: String
    let mark: YAMLMark
    let value: YAMLNode
}

/// What is wrong with a document, in words that quote nothing of it but keys.
struct YAMLProblem: Error, Equatable, Sendable {
    let mark: YAMLMark
    let message: String
}

/// A document that could be read to its end.
struct YAMLDocument: Equatable, Sendable {
    /// `nil` where the file holds only white space and comments.
    let root: YAMLNode?
    /// What was refused on the way: keys written twice, anchors, tags.
    let problems: [YAMLProblem]
}
