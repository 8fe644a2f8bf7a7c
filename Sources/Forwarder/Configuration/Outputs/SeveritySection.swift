import Formats

/// `severity`: one for all events, or a list of rules of which the first that fits decides.
enum SeveritySection {
    private static let mostRules = 256
    private static let mostNames = 256

    static func read(_ section: inout ConfigurationSection) -> SeverityRules {
        guard let node = section.node("severity") else { return SeverityRules() }
        guard case .sequence = node.content else {
            return section.context.value(node, section.path(of: "severity"), .severity).map {
                SeverityRules(rules: [.init(severity: $0)])
            }
                ?? SeverityRules()
        }
        let items = section.list("severity", upTo: mostRules) ?? []
        return SeverityRules(rules: items.compactMap { rule($0.path, $0.node, section.context) })
    }

    private static func rule(_ path: String, _ node: YAMLNode, _ context: ConfigurationContext) -> SeverityRules.Rule? {
        guard var keys = ConfigurationSection(node, path: path, context: context) else { return nil }
        let severity = keys.value("severity", .severity)
        if !keys.has("severity") { context.report(path, at: node.mark, "has no 'severity'") }
        var rule = SeverityRules.Rule(severity: severity ?? .notice)
        rule.services = names(&keys, "services")
        rule.actions = names(&keys, "actions")
        rule.entityTypes = names(&keys, "entity_types")
        rule.statuses = names(&keys, "statuses")
        keys.finish(as: "outputs.*.severity")
        return severity == nil ? nil : rule
    }

    private static func names(_ keys: inout ConfigurationSection, _ key: String) -> [String] {
        let context = keys.context
        return (keys.list(key, upTo: mostNames) ?? []).compactMap { context.value($0.node, $0.path, .text("a name", upTo: 255)) }
    }
}

extension ValueRule where Value == Severity {
    static var severity: ValueRule { name("a severity", Severity.allCases.map { ($0.keyword, $0) }) }
}
