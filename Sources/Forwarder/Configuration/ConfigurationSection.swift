/// What reading a configuration file needs at every place of it.
struct ConfigurationContext {
    /// As messages name it.
    let fileName: String
    let environment: [String: String]
    let problems: ConfigurationProblems

    func report(_ path: String, at mark: YAMLMark, _ message: String) {
        problems.add("\(fileName):\(mark.line): \(path.isEmpty ? "" : "\(path): ")\(message)", line: mark.line)
    }

    /// A scalar with its variables replaced, and how a message may show it: as the file has it, never what a variable holds.
    func text(_ node: YAMLNode, _ path: String) -> (text: String, shown: String)? {
        guard case .scalar(let scalar) = node.content, !node.isNull else {
            report(path, at: node.mark, node.isNull ? "needs a value" : "needs a single value, not a list or a mapping")
            return nil
        }
        guard VariableSubstitution.isNeeded(scalar.text) else { return (scalar.text, Quoted.value(scalar.text)) }
        do {
            return (try VariableSubstitution.expand(scalar.text, environment), Quoted.value(scalar.text))
        } catch {
            report(path, at: node.mark, error.message)
            return nil
        }
    }

    func value<Value>(_ node: YAMLNode, _ path: String, _ rule: ValueRule<Value>) -> Value? {
        guard let (text, shown) = text(node, path) else { return nil }
        if let value = rule.parse(text) { return value }
        report(path, at: node.mark, "\(shown) \(rule.refusal(text))")
        return nil
    }
}

/// A mapping that is being read. It remembers which keys were asked for: those are the keys that it may have.
struct ConfigurationSection {
    /// `outputs.siem`; empty at the top of the file.
    let path: String
    let mark: YAMLMark
    let context: ConfigurationContext
    let entries: [YAMLEntry]
    private var asked: [String] = []

    /// `nil`, and reported, where `node` is no mapping. One without any value is an empty mapping: its keys are commented out.
    init?(_ node: YAMLNode, path: String, context: ConfigurationContext) {
        self.path = path
        self.mark = node.mark
        self.context = context
        switch node.content {
        case .mapping(let entries): self.entries = entries
        case .scalar where node.isNull: self.entries = []
        default:
            context.report(path, at: node.mark, "needs keys and values below it")
            return nil
        }
    }

    func path(of key: String) -> String { path.isEmpty ? Quoted.step(key) : "\(path).\(Quoted.step(key))" }

    /// The line of `key`, for problems found once its value is known.
    func mark(of key: String) -> YAMLMark { entries.first { $0.key == key }?.mark ?? mark }

    func report(_ key: String, _ message: String) {
        context.report(path(of: key), at: mark(of: key), message)
    }

    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    mutating func node(_ key: String) -> YAMLNode? {
        asked.append(key)
        return entries.first { $0.key == key }?.value
    }

    mutating func value<Value>(_ key: String, _ rule: ValueRule<Value>) -> Value? {
        node(key).flatMap { context.value($0, path(of: key), rule) }
    }

    /// Leaves `target` as it is where the key is absent or its value was refused.
    mutating func value<Value>(_ key: String, _ rule: ValueRule<Value>, into target: inout Value) {
        if let value = value(key, rule) { target = value }
    }

    /// Whether the key's value switches it off.
    mutating func value<Value>(_ key: String, _ rule: ValueRule<Value>, into target: inout Value?) {
        if let value = value(key, rule) { target = value }
    }

    /// Takes every key for known: what else may stand here depends on something that is wrong, and was reported.
    mutating func askForEverything() { asked += entries.map(\.key) }

    mutating func isOff(_ key: String) -> Bool {
        guard case .scalar(let scalar)? = node(key)?.content else { return false }
        return ["off", "false"].contains(scalar.text)
    }

    mutating func section(_ key: String) -> ConfigurationSection? {
        node(key).flatMap { ConfigurationSection($0, path: path(of: key), context: context) }
    }

    /// The items of a list with their paths, at most `most`; `nil` where the key is absent or no list.
    mutating func list(_ key: String, upTo most: Int) -> [(path: String, node: YAMLNode)]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let items) = node.content else {
            context.report(path(of: key), at: node.mark, "needs a list")
            return nil
        }
        guard items.count <= most else {
            context.report(path(of: key), at: node.mark, "has \(items.count) items, more than \(most)")
            return nil
        }
        return items.enumerated().map { ("\(path(of: key))[\($0.offset)]", $0.element) }
    }

    /// Reports every key that was not asked for. `pattern` is the section's place in the table of keys to come.
    func finish(as pattern: String) {
        let later = NotInThisVersion.keys[pattern] ?? []
        for entry in entries where !asked.contains(entry.key) {
            let unknown = "unknown key\(NearestName.question(entry.key, among: asked + later))"
            let message = later.contains(entry.key) ? "this version does not have it yet" : unknown
            context.report(path(of: entry.key), at: entry.mark, message)
        }
    }
}
