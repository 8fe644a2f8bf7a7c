import AuditCore

/// What an audit says before its changes: who, what, to what. Filters ask for it as well, so it is cheap to draw.
struct Portrait {
    enum Addresses {
        case absent
        case none
        /// One or two hops, IPv4 or IPv6, drawn from the number.
        case some(UInt64)
    }

    var id: AuditID?
    var facts: AuditFacts
    var person: Organization.Named?
    var addresses: Addresses = .none
    var level = "SYSTEM"
    var status = "SUCCESS"
    var entityName: String?
    /// What stands before the entity's id in `selfUri`.
    var entityPath = ""
    var application = ""
    /// The audit that began the transaction, for those that belong to one.
    var transaction: AuditID?
    var isInitiator = false
    /// For everything after the portrait.
    var random: RandomSource
}

extension GeneratedContents {
    func portrait(of audit: Audit) -> Portrait {
        var random = RandomSource(seed: audit.seed)
        let act = Act(rawValue: audit.kind) ?? .generic
        var portrait = Portrait(
            id: act == .unidentified ? nil : id(of: audit.seed, part: audit.part),
            facts: AuditFacts(entityType: "", action: ""), random: random)
        switch act {
        case .roleGrant, .roleUpdate, .unidentified: describeRole(act, &portrait, &random)
        case .queueMembership:
            let queue = random.pick(organization.queues)
            describe(&portrait, "Queue", random.chance(0.5) ? "MemberAdd" : "MemberRemove", queue.id, queue.name)
            portrait.entityPath = "routing/queues/"
            sign(&portrait, &random)
        case .directoryUpdate:
            describe(&portrait, "User", "Update", random.pick(organization.people).id, nil)
            portrait.entityPath = "users/"
            portrait.addresses = .absent
        case .groupMembership:
            describe(&portrait, "DirectoryGroup", "Update", random.pick(organization.groups), nil)
            // The audit that counts the members is the system's; its siblings are the person's.
            if audit.part > 0 { sign(&portrait, &random) }
        case .login, .failedLogin: describeLogin(act, &portrait, &random)
        case .flowPublish: describePublication(audit, &portrait, &random)
        case .export:
            sign(&portrait, &random)
            describe(&portrait, "Exports", "Create", portrait.facts.user ?? organization.id, nil)
        case .accessToken:
            describe(&portrait, "AccessToken", "Create", random.uuid(), nil)
            sign(&portrait, &random)
        case .generic: describeAny(audit, &portrait, &random)
        case .future: describe(&portrait, "Wormhole", "Teleport", nil, nil)
        }
        portrait.random = random
        return portrait
    }

    private func describe(_ portrait: inout Portrait, _ type: String, _ action: String, _ entity: AuditID?, _ name: String?) {
        portrait.facts.entityType = type
        portrait.facts.action = action
        portrait.facts.entity = entity
        portrait.entityName = name
    }

    /// Makes it the act of a person, who may have used an application's client, or be a guest from the trustee organization.
    private func sign(_ portrait: inout Portrait, _ random: inout RandomSource) {
        let person = random.pick(organization.people)
        portrait.person = person
        portrait.facts.user = person.id
        portrait.level = "USER"
        portrait.addresses = .some(random.next())
        if random.chance(0.15) { portrait.facts.client = random.pick(organization.clients) }
        if random.chance(0.02) { portrait.facts.trustee = organization.trusteeOrganization }
    }

    private func describeRole(_ act: Act, _ portrait: inout Portrait, _ random: inout RandomSource) {
        let role = random.pick(organization.roles)
        let action = act == .roleUpdate ? "Update" : random.chance(0.7) ? "MemberAdd" : "MemberRemove"
        describe(&portrait, "Role", action, role.id, role.name)
        portrait.entityPath = "authorization/roles/"
        if act == .roleUpdate { sign(&portrait, &random) }
    }

    private func describeLogin(_ act: Act, _ portrait: inout Portrait, _ random: inout RandomSource) {
        let person = random.pick(organization.people)
        describe(&portrait, "AuthUser", act == .login ? "Authenticate" : "AuthenticationFailed", person.id, nil)
        portrait.level = "USER"
        portrait.addresses = .some(random.next())
        guard act == .login else {
            portrait.status = "FAILURE"
            return
        }
        portrait.person = person
        portrait.facts.user = person.id
    }

    private func describePublication(_ audit: Audit, _ portrait: inout Portrait, _ random: inout RandomSource) {
        let flow = random.pick(organization.flows)
        describe(&portrait, "Flow", audit.part == 0 ? "Publish" : "Checkin", flow.id, flow.name)
        portrait.entityPath = "flows/"
        sign(&portrait, &random)
        portrait.facts.client = organization.clients[0]
        portrait.application = "Architect"
        portrait.transaction = id(of: audit.seed, part: 0)
        portrait.isInitiator = audit.part == 0
    }

    private func describeAny(_ audit: Audit, _ portrait: inout Portrait, _ random: inout RandomSource) {
        let subject = Catalog.subjects[Int(random.next() % UInt64(Catalog.subjects.count))]
        describe(&portrait, subject.entityType, random.pick(subject.actions), random.uuid(), nil)
        if !subject.path.isEmpty {
            portrait.entityPath = subject.path + "/"
            portrait.entityName = "\(subject.entityType) \(random.below(900) + 100)"
        }
        if random.chance(0.45) { sign(&portrait, &random) }
        if random.chance(0.02) { portrait.status = random.chance(0.5) ? "WARNING" : "FAILURE" }
    }
}
