/// How much an audit matters, by the numbers of syslog (RFC 5424 section 6.2.1), which journald's PRIORITY uses too.
public enum Severity: Int, CaseIterable, Sendable {
    case emergency, alert, critical, error, warning, notice, informational, debug

    /// As syslog.conf(5) and systemd write it.
    public var keyword: String {
        ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"][rawValue]
    }

    public init?(keyword: String) {
        guard let severity = Severity.allCases.first(where: { $0.keyword == keyword }) else { return nil }
        self = severity
    }
}

/// Which severity an audit has: that of the first rule which fits it, and else what the audit's outcome and action say.
public struct SeverityRules: Sendable, Equatable {
    /// Fits where every list that is not empty holds the audit's value. Names are compared as they are written.
    public struct Rule: Sendable, Equatable {
        public var services: [String] = []
        public var actions: [String] = []
        public var entityTypes: [String] = []
        /// SUCCESS, FAILURE, WARNING, or what the API adds to them.
        public var statuses: [String] = []
        public var severity: Severity

        public init(severity: Severity) { self.severity = severity }

        func fits(_ fields: AuditFields) -> Bool {
            Rule.fits(services, fields[.service]) && Rule.fits(actions, fields[.action])
                && Rule.fits(entityTypes, fields[.entityType]) && Rule.fits(statuses, fields[.status])
        }

        private static func fits(_ names: [String], _ value: String?) -> Bool {
            names.isEmpty || value.map(names.contains) ?? false
        }
    }

    public var rules: [Rule]

    public init(rules: [Rule] = []) { self.rules = rules }

    public func severity(of fields: AuditFields) -> Severity {
        rules.first { $0.fits(fields) }?.severity ?? SeverityRules.usual(fields)
    }

    private static let failures: Set = ["FAILURE", "WARNING"]
    private static let failedActions = ["Failed", "Failure", "Denied", "Rejected"]
    private static let readings = ["Read", "View", "List", "Export", "Download", "Access", "Search"]
    /// What decides who may do what: an attacker's first aim.
    private static let sensitive: Set = [
        "Role", "RoleSettings", "AuthorizationDivision", "OAuthClient", "OAuthClientAuthorization", "AuthOrganization",
        "AuthUser",
        "OrgAuthorizationTrust", "Organization", "AccessToken", "Credential", "Certificate", "IdentityProvider", "SingleSignOn",
    ]

    /// Failed or denied, and changes of what decides over access: warning. Reading: informational. Every other change: notice.
    private static func usual(_ fields: AuditFields) -> Severity {
        if let status = fields[.status], failures.contains(status) { return .warning }
        let action = fields[.action] ?? ""
        if failedActions.contains(where: { action.utf8.holds($0.utf8) }) { return .warning }
        if readings.contains(where: { action.utf8.starts(with: $0.utf8) }) { return .informational }
        return fields[.entityType].map(sensitive.contains) ?? false ? .warning : .notice
    }
}

extension String.UTF8View {
    fileprivate func holds(_ part: String.UTF8View) -> Bool {
        var rest = self[...]
        while rest.count >= part.count {
            if rest.starts(with: part) { return true }
            rest.removeFirst()
        }
        return false
    }
}
