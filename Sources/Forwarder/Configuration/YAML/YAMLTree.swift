/// Builds the tree of a document from the events of its parser, within bounds and without recursion.
struct YAMLTree {
    /// Nested collections. A configuration needs five.
    static let maximumDepth = 32
    /// Keys and values together.
    static let maximumNodes = 10_000

    private struct Level {
        let mark: YAMLMark
        let isMapping: Bool
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        var keys: Set<String> = []
        var pending: (key: String, mark: YAMLMark)?
    }

    private var levels: [Level] = []
    private var nodes = 0
    private(set) var root: YAMLNode?
    private(set) var problems: [YAMLProblem] = []

    mutating func open(mapping: Bool, at mark: YAMLMark) throws(YAMLProblem) {
        try count(mark)
        guard levels.count < YAMLTree.maximumDepth else {
            throw YAMLProblem(mark: mark, message: "nested deeper than \(YAMLTree.maximumDepth) levels")
        }
        if let level = levels.last, level.isMapping, level.pending == nil {
            throw YAMLProblem(mark: mark, message: "a key must be text")
        }
        levels.append(Level(mark: mark, isMapping: mapping))
    }

    mutating func close() {
        guard let level = levels.popLast() else { return }
        place(YAMLNode(mark: level.mark, content: level.isMapping ? .mapping(level.entries) : .sequence(level.items)))
    }

    mutating func scalar(_ scalar: YAMLScalar, at mark: YAMLMark) throws(YAMLProblem) {
        try count(mark)
        if let level = levels.last, level.isMapping, level.pending == nil {
            levels[levels.count - 1].pending = (scalar.text, mark)
        } else {
            place(YAMLNode(mark: mark, content: .scalar(scalar)))
        }
    }

    /// Notes what does not stop the reading.
    mutating func refuse(_ message: String, at mark: YAMLMark) {
        problems.append(YAMLProblem(mark: mark, message: message))
    }

    private mutating func count(_ mark: YAMLMark) throws(YAMLProblem) {
        nodes += 1
        guard nodes <= YAMLTree.maximumNodes else {
            throw YAMLProblem(mark: mark, message: "more than \(YAMLTree.maximumNodes) keys and values")
        }
    }

    private mutating func place(_ node: YAMLNode) {
        guard !levels.isEmpty else {
            root = node
            return
        }
        let top = levels.count - 1
        guard levels[top].isMapping, let (key, mark) = levels[top].pending else {
            levels[top].items.append(node)
            return
        }
        levels[top].pending = nil
        if levels[top].keys.insert(key).inserted {
            levels[top].entries.append(YAMLEntry(key: key, mark: mark, value: node))
        } else {
            refuse("the key \(Quoted.key(key)) stands here twice", at: mark)
        }
    }
}
