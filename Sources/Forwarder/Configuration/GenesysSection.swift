import AuditAPI
import AuditCore

extension ConfigurationDraft {
    /// Names in one list of services.
    static let maximumServices = 200

    mutating func readGenesys(_ section: inout ConfigurationSection) {
        credentials.stated = ConfigurationDraft.stated(section)
        credentials.region = section.value("region", .region)
        credentials.apiURL = section.value("api_url", .baseURL)
        credentials.loginURL = section.value("login_url", .baseURL)
        credentials.clientID = section.value("client_id", .clientID)
        credentials.secret = ConfigurationDraft.secret(&section)
        section.value("requests_per_minute", .requestsPerMinute, into: &requestsPerMinute)
        section.value("expand_user", .flag, into: &selection.expandsUser)
        readServices(&section)
        selection.filters = ConfigurationDraft.filters(&section)
        section.finish(as: "genesys")
    }

    private static func stated(_ section: ConfigurationSection) -> Set<CredentialSettings.Item> {
        let keys: [(String, CredentialSettings.Item)] = [
            ("region", .region), ("api_url", .apiURL), ("login_url", .loginURL), ("client_id", .clientID),
            ("client_secret", .secret), ("client_secret_file", .secret),
        ]
        return Set(keys.filter { section.has($0.0) }.map(\.1))
    }

    /// No message here shows a value.
    private static func secret(_ section: inout ConfigurationSection) -> SecretSource? {
        let value = section.node("client_secret")
        let file = section.node("client_secret_file")
        if value != nil, file != nil {
            section.report("client_secret_file", "stands beside client_secret; only one of them can count")
            return nil
        }
        if let value {
            return literalSecret(value, in: section)
        }
        guard let file, let (path, shown) = section.context.text(file, section.path(of: "client_secret_file")) else { return nil }
        guard ValueRule<String>.path.parse(path) != nil else {
            section.report("client_secret_file", "\(shown) \(ValueRule<String>.path.refusal(path))")
            return nil
        }
        let subject = "\(section.context.fileName):\(file.mark.line): \(section.path(of: "client_secret_file"))"
        return .file(path: path, shown: "\(shown) ", subject: subject, line: file.mark.line)
    }

    private static func literalSecret(_ node: YAMLNode, in section: ConfigurationSection) -> SecretSource? {
        guard let (text, _) = section.context.text(node, section.path(of: "client_secret")) else { return nil }
        do throws(SecretFile.Problem) {
            return .value(Secret(try SecretFile.singleLine(text)))
        } catch {
            section.report("client_secret", error.reason)
            return nil
        }
    }

    private mutating func readServices(_ section: inout ConfigurationSection) {
        if let node = section.node("services") {
            if case .sequence = node.content, let names = ConfigurationDraft.services(&section, "services") {
                selection.services = .only(names)
                if names.isEmpty { section.report("services", "names no service; write 'all' or at least one name") }
            } else if case .scalar = node.content {
                _ = section.value("services", ValueRule<Bool>("'all' or a list of services") { $0 == "all" ? true : nil })
            } else if case .mapping = node.content {
                section.report("services", "needs 'all' or a list of services")
            }
        }
        selection.excludedServices = ConfigurationDraft.services(&section, "exclude_services") ?? []
        if case .only(let names) = selection.services, !names.isEmpty, names.allSatisfy(selection.excludedServices.contains) {
            section.report("exclude_services", "leaves none of the services")
        }
    }

    private static func services(_ section: inout ConfigurationSection, _ key: String) -> [String]? {
        guard let items = section.list(key, upTo: maximumServices) else { return nil }
        var names: [String] = []
        for (path, node) in items {
            guard let name = section.context.value(node, path, .service) else { continue }
            if names.contains(name) { section.context.report(path, at: node.mark, "names the same service as one before it") }
            names.append(name)
        }
        return names
    }

    private static func filters(_ section: inout ConfigurationSection) -> [AuditQueryFilter] {
        var filters: [AuditQueryFilter] = []
        for (path, node) in section.list("filters", upTo: FilterProperty.documented.count) ?? [] {
            guard var item = ConfigurationSection(node, path: path, context: section.context) else { continue }
            let property = item.value("property", .filterProperty)
            let value = item.value("value", .text("text", upTo: 1024))
            item.finish(as: "genesys.filters")
            for key in ["property", "value"] where !item.has(key) { item.context.report(path, at: node.mark, "has no '\(key)'") }
            guard let property, let value else { continue }
            if filters.contains(where: { $0.property == property }) {
                item.report("property", "'\(property.rawValue)' has a filter already; the API takes one a property")
            }
            filters.append(AuditQueryFilter(property: property, value: value))
        }
        let properties = filters.map(\.property)
        if properties.contains(.action), !properties.contains(.entityType) {
            section.report("filters", "'Action' needs a filter of 'EntityType' beside it")
        }
        return filters
    }
}
