import AuditCore
import Outputs

/// What outputs that connect to a receiver have in common: `address`, `tls`, `timeout`.
enum ConnectionSection {
    private static let mostAddresses = 16
    private static let timeouts = Duration.seconds(1)...Duration.seconds(86_400)

    /// `nil` where something is wrong with it, which was reported.
    static func read(_ section: inout ConfigurationSection, type: String, isSecure: Bool? = nil) -> ConnectionSettings? {
        let addresses = addresses(&section, type: type)
        var settings = ConnectionSettings(addresses: addresses ?? [])
        section.value("timeout", .duration(timeouts), into: &settings.timeout)
        if isSecure != false { settings.tls = tls(&section, isSecure: isSecure ?? false) }
        return addresses == nil ? nil : settings
    }

    /// One address or a list of them.
    static func addresses(_ section: inout ConfigurationSection, type: String) -> [HostPort]? {
        guard let node = section.node("address") else {
            section.report("type", "'\(type)' needs an 'address' beside it")
            return nil
        }
        guard case .sequence = node.content else {
            return section.context.value(node, section.path(of: "address"), .address).map { [HostPort($0)] }
        }
        guard let items = section.list("address", upTo: mostAddresses) else { return nil }
        if items.isEmpty { section.report("address", "names no address") }
        let addresses = items.compactMap { section.context.value($0.node, $0.path, .address).map { HostPort($0) } }
        if Set(addresses).count < addresses.count { section.report("address", "names an address twice") }
        return addresses.isEmpty || addresses.count < items.count ? nil : addresses
    }

    /// `on`, `off`, or a mapping, which is on; absent, it is `isSecure`.
    private static func tls(_ section: inout ConfigurationSection, isSecure: Bool) -> TLSSettings? {
        guard let node = section.node("tls") else { return isSecure ? TLSSettings() : nil }
        if case .scalar = node.content, !node.isNull {
            let rule = ValueRule<Bool>("'on', 'off' or a mapping") {
                ["on": true, "true": true, "off": false, "false": false][$0]
            }
            return section.context.value(node, section.path(of: "tls"), rule) == true ? TLSSettings() : nil
        }
        guard var keys = section.section("tls") else { return nil }
        var settings = TLSSettings()
        settings.caFile = keys.value("ca_file", .path)
        settings.certificateFile = keys.value("certificate_file", .path)
        settings.privateKeyFile = keys.value("private_key_file", .path)
        settings.serverName = keys.value("server_name", .serverName)
        keys.value("verify", .cases("a way to verify"), into: &settings.verification)
        keys.value("minimum_version", .cases("a TLS version"), into: &settings.minimumVersion)
        keys.finish(as: "outputs.*.tls")
        if (settings.certificateFile == nil) != (settings.privateKeyFile == nil) {
            let (given, missing) =
                settings.certificateFile == nil
                ? ("private_key_file", "certificate_file") : ("certificate_file", "private_key_file")
            keys.report(given, "needs '\(missing)' beside it")
        }
        return settings
    }
}

extension HostPort {
    init(_ address: NetworkAddress) { self.init(address.host, address.port) }
}

extension ValueRule where Value == String {
    /// What a certificate can be made out to.
    static var serverName: ValueRule {
        ValueRule("the name of a host") { text in
            guard let (host, rest) = NetworkAddress.splitHost(text), rest.isEmpty, !host.contains(":") else { return nil }
            return host
        }
    }
}

extension ValueRule where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of a type's cases, by its raw value.
    static func cases(_ noun: String) -> ValueRule { name(noun, Value.allCases.map { ($0.rawValue, $0) }) }
}
