import AuditCore

/// The people and things of a generated organization. The same seed makes the same one.
struct Organization: Sendable {
    struct Named: Sendable {
        let id: AuditID
        let name: String
    }

    let id: AuditID
    /// An organization whose people may work in this one.
    let trusteeOrganization: AuditID
    let people: [Named]
    let clients: [AuditID]
    let queues: [Named]
    let roles: [Named]
    let flows: [Named]
    let groups: [AuditID]

    init(seed: UInt64) {
        var random = RandomSource(seed: seed, subject: 1)
        id = random.uuid()
        trusteeOrganization = random.uuid()
        people = (0..<240).map { _ in
            Named(id: random.uuid(), name: random.pick(Organization.givenNames) + " " + random.pick(Organization.familyNames))
        }
        clients = (0..<12).map { _ in random.uuid() }
        queues = Organization.queueNames.map { Named(id: random.uuid(), name: $0) }
        roles = ["employee", "Admin", "Supervisor", "PureCloud User", "Quality Evaluator", "Trusted External User"].map {
            Named(id: random.uuid(), name: $0)
        }
        flows = ["Main IVR", "Billing IVR", "After Hours", "Web Chat", "Callback", "Señales de línea"].map {
            Named(id: random.uuid(), name: $0)
        }
        groups = (0..<20).map { _ in random.uuid() }
    }

    private static let givenNames = [
        "Ana", "Zoë", "Björn", "Chiara", "Dmitri", "Emeka", "Fatima", "Grace", "Haruto", "Inês", "Jürgen", "Kavya", "Léa",
        "Miguel", "Nadia", "Oisín", "Priya", "Quentin", "Rosa", "Søren", "Tomás", "Uma", "Vera", "Wei", "Ximena", "Yusuf", "李娜",
    ]
    private static let familyNames = [
        "Souza", "Ångström", "Müller", "Rossi", "Ivanov", "Okafor", "Haddad", "O'Brien", "Tanaka", "Costa", "Schmidt", "Iyer",
        "Dubois", "García", "Petrov", "Murphy", "Sharma", "Lefèvre", "Vega", "Jensen", "Novák", "Nguyễn", "de la Cruz", "Chen",
    ]
    private static let queueNames = [
        "Billing", "Billing \"EU\" / tier-2", "Sales", "Sales – DACH", "Support", "Support\\Night", "Returns", "Fraud", "VIP",
        "Retención", "Überlauf", "Outbound 1",
    ]
}
