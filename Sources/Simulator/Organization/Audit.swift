import AuditCore

/// An audit in 32 bytes: everything else about it is drawn from its seed when it is asked for, so that a million of them fit
/// in little memory.
struct Audit: Sendable, Equatable {
    /// Its `eventDate`.
    let instant: Instant
    /// When the realtime endpoint shows it, if its service is carried there; the asynchronous one follows.
    var visible: Instant
    /// What the contents draw its values from. Generated audits that one act made share it.
    let seed: UInt64
    /// What kind of act made it; contents give it a meaning.
    let kind: UInt8
    /// Which of the audits of its act it is, from 0.
    let part: UInt8
    /// Index of its service in the contents.
    let service: UInt16

    /// The order of the archive: by time, and a fixed one within an instant.
    static func precedes(_ left: Audit, _ right: Audit) -> Bool {
        if left.instant != right.instant { return left.instant < right.instant }
        return left.seed != right.seed ? left.seed < right.seed : left.part < right.part
    }
}

/// What filters can ask about an audit (API reference, AuditQueryFilter).
struct AuditFacts: Sendable, Equatable {
    /// `user.id`; the actor of a SYSTEM event stands in its context instead, and does not count.
    var user: AuditID?
    var client: AuditID?
    /// The home organization of the user, where that is not this one.
    var trustee: AuditID?
    var entity: AuditID?
    var entityType: String
    var action: String
}

/// Where an audit's bytes go, and so how they look.
enum AuditShape: Sendable, Equatable {
    /// An answer of the API; with the user's name when it was asked to expand it.
    case answer(expanded: Bool)
    /// The file behind a download address: `eventTime` for `eventDate`, `username` for `user`, and no status.
    case download
}

/// One service of the organization, with the audits it can make.
struct ServiceEntry: Sendable, Equatable {
    struct Entity: Sendable, Equatable {
        let name: String
        let actions: [String]
    }

    let name: String
    /// Whether the realtime endpoint carries it. The asynchronous one carries all.
    let isRealtime: Bool
    let entities: [Entity]
}

/// What gives the audits of an archive their values: a generated organization, or the audits of a file.
protocol AuditContents: Sendable {
    var services: [ServiceEntry] { get }

    /// `nil` for an audit that has no id.
    func id(of audit: Audit) -> AuditID?
    func facts(of audit: Audit) -> AuditFacts
    /// Equal for audits that one act made.
    func act(of audit: Audit) -> UInt64
    /// Appends its JSON object.
    func write(_ audit: Audit, _ shape: AuditShape, to text: inout JSONText)
}
