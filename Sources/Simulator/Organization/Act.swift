/// What people and systems do in a generated organization. Each makes one or more audits, with the habits that were seen in
/// real ones: empty names, JSON in strings, composite names, several audits for one change.
enum Act: UInt8, CaseIterable, Sendable {
    /// A role granted: no changes listed, the entity's name is composed of three ids.
    case roleGrant
    /// A role edited by a person.
    case roleUpdate
    /// A queue's member added or removed: the member stands in the property's name, the value is a sentinel.
    case queueMembership
    /// The noisy one: a version counter, and addresses as JSON in a string.
    case directoryUpdate
    /// A group's member added: three audits, one to three seconds apart, with one correlation id.
    case groupMembership
    case login
    case failedLogin
    /// A flow published: the initiator and a follower with its transaction id.
    case flowPublish
    case export
    /// One with the old `message` object.
    case accessToken
    /// Any action on any subject of the catalog.
    case generic
    /// Values, members and types that today's schema does not know.
    case future
    /// One without an id; only with the fault `no-id`.
    case unidentified

    /// How many audits it makes.
    var parts: Int {
        switch self {
        case .groupMembership: 3
        case .flowPublish: 2
        default: 1
        }
    }

    /// How often it happens, of a thousand acts.
    private static let weights: [(act: Act, weight: Int)] = [
        (.directoryUpdate, 270), (.generic, 270), (.queueMembership, 120), (.roleGrant, 80), (.login, 80), (.groupMembership, 50),
        (.roleUpdate, 40), (.failedLogin, 30), (.flowPublish, 30), (.export, 15), (.accessToken, 10), (.future, 5),
    ]

    static func drawn(from random: inout RandomSource) -> Act {
        var rest = random.below(1000)
        for (act, weight) in weights {
            rest -= weight
            if rest < 0 { return act }
        }
        return .generic
    }

    /// The service that audits it; `nil` for those that can happen anywhere.
    var serviceName: String? {
        switch self {
        case .roleGrant, .roleUpdate, .login, .failedLogin, .accessToken: "PeoplePermissions"
        case .queueMembership: "ContactCenter"
        case .directoryUpdate: "Directory"
        case .groupMembership: "Groups"
        case .flowPublish: "Architect"
        case .export: "AnalyticsReporting"
        case .future: "SomeFutureService"
        case .unidentified: "PeoplePermissions"
        case .generic: nil
        }
    }

    /// The services of all acts by raw value, so that the stream need not look names up.
    static let services: [UInt16?] = allCases.map { $0.serviceName.map(Catalog.service) }
}
