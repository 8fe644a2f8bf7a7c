/// The services, entity types and actions that a generated organization audits. Names and pairings are those of the service
/// mapping and of the notification topics of the API; which services realtime lacks is made up, since it differs from one
/// organization to another.
enum Catalog {
    /// One kind of thing that is audited.
    struct Subject: Sendable {
        let service: UInt16
        let entityType: String
        let actions: [String]
        /// What stands before the id in `selfUri`; empty where the API gives none.
        let path: String
    }

    private typealias Entity = (name: String, path: String, actions: String)

    private static let table: [(name: String, isRealtime: Bool, entities: [Entity])] = [
        (
            "PeoplePermissions", true,
            [
                ("Role", "authorization/roles", "Create,Update,Delete,LicenseUpdate,MemberAdd,MemberUpdate,MemberRemove"),
                ("AuthUser", "users", "Authenticate,ChangePassword,AuthenticationFailed"),
                ("OAuthClient", "oauth/clients", "Create,Update,Delete"), ("AccessToken", "", "Create,Delete,Revoke"),
                ("Policy", "", "Create,Update,Delete"), ("IdentityProvider", "identityproviders", "Create,Update,Delete"),
            ]
        ),
        (
            "ContactCenter", true,
            [
                (
                    "Queue", "routing/queues",
                    "Create,Update,Delete,MemberAdd,MemberUpdate,MemberRemove,WrapupCodeAdd,WrapupCodeRemove"
                ),
                ("WrapupCode", "routing/wrapupcodes", "Create,Update,Delete"),
            ]
        ),
        ("Directory", true, [("User", "users", "Create,Update,Delete"), ("Organization", "", "Update")]),
        (
            "Groups", true,
            [
                ("DirectoryGroup", "groups", "Create,Update,Delete"), ("Team", "teams", "Create,Update,Delete"),
                ("SkillGroup", "routing/skillgroups", "Create,Update,Delete"),
            ]
        ),
        (
            "Architect", true,
            [
                ("Flow", "flows", "Create,Update,Delete,Checkin,Checkout,Publish,Revert,Save,Deactivate"),
                ("Prompt", "architect/prompts", "Create,Update,Delete"),
            ]
        ),
        ("AnalyticsReporting", true, [("Exports", "", "Create,Delete,Download"), ("DashboardSettings", "", "Update")]),
        ("Routing", true, [("RoutingSkill", "routing/skills", "Create,Delete"), ("RoutingLanguage", "", "Create,Delete")]),
        ("Quality", true, [("Evaluation", "", "Create,Update,Delete,View"), ("Recording", "", "View,Download,Export")]),
        (
            "Outbound", true,
            [
                ("Campaign", "outbound/campaigns", "Create,Update,Delete,Start,Stop"),
                ("ContactList", "outbound/contactlists", "Create,Update,Delete,Append"),
                ("DNCList", "outbound/dnclists", "Create,Update,Delete"),
            ]
        ),
        ("Integrations", true, [("Integration", "integrations", "Create,Update,Delete"), ("Credential", "", "Create,Update")]),
        ("Presence", true, [("UserPresence", "", "Create,Update,Delete")]),
        ("ResponseManagement", true, [("Response", "", "Create,Update,Delete"), ("ResponseLibrary", "", "Create,Update")]),
        (
            "WorkforceManagement", true,
            [("Schedule", "", "Create,Update,Publish,Delete"), ("TimeOffRequest", "", "Create,Update,Approve")]
        ),
        ("SomeFutureService", true, [("Wormhole", "", "Teleport")]),
        (
            "Telephony", false,
            [
                ("Trunk", "telephony/providers/edges/trunks", "Create,Update,Delete"), ("Site", "", "Create,Update,Delete"),
                ("Phone", "telephony/providers/edges/phones", "Create,Update,Delete,Reset"),
            ]
        ),
        ("Datatables", false, [("Row", "", "Create,Update,Delete"), ("Schema", "flows/datatables", "Create,Update,Delete")]),
        ("Limits", false, [("ChangeRequest", "", "Create,Approved,Rejected,Rollback")]),
        ("Knowledge", false, [("KnowledgeDocument", "", "Create,Update,Delete,Publish"), ("KnowledgeBase", "", "Create")]),
        ("GDPR", false, [("GdprRequest", "gdpr/requests", "Create,Complete")]),
        ("Billing", false, [("EnterpriseAgreement", "", "Update")]),
    ]

    static let services: [ServiceEntry] = table.map { service in
        ServiceEntry(
            name: service.name, isRealtime: service.isRealtime,
            entities: service.entities.map { .init(name: $0.name, actions: $0.actions.split(separator: ",").map(String.init)) })
    }

    /// Every subject of the services but those that only special acts make.
    static let subjects: [Subject] = table.enumerated().flatMap { index, service in
        service.entities.compactMap { entity in
            guard service.name != "SomeFutureService" else { return nil }
            return Subject(
                service: UInt16(index), entityType: entity.name, actions: entity.actions.split(separator: ",").map(String.init),
                path: entity.path)
        }
    }

    /// - Precondition: the service is in the table.
    static func service(_ name: String) -> UInt16 {
        guard let index = table.firstIndex(where: { $0.name == name }) else { preconditionFailure("no service '\(name)'") }
        return UInt16(index)
    }
}
