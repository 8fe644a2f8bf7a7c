import AuditCore

/// Contents drawn from a seed.
struct GeneratedContents: AuditContents {
    let organization: Organization
    var services: [ServiceEntry] { Catalog.services }

    init(seed: UInt64) { organization = Organization(seed: seed) }

    func id(of audit: Audit) -> AuditID? {
        audit.kind == Act.unidentified.rawValue ? nil : id(of: audit.seed, part: audit.part)
    }

    func id(of seed: UInt64, part: UInt8) -> AuditID {
        var random = RandomSource(seed: seed, subject: 1000 + UInt64(part))
        return random.uuid()
    }

    func facts(of audit: Audit) -> AuditFacts { portrait(of: audit).facts }

    func act(of audit: Audit) -> UInt64 { audit.seed }

    /// The service of the act whose values a seed makes.
    static func service(of act: Act, seed: UInt64) -> UInt16 {
        if let service = Act.services[Int(act.rawValue)] { return service }
        // The first number of the stream chooses the subject; the portrait draws the same one.
        var random = RandomSource(seed: seed)
        return Catalog.subjects[Int(random.next() % UInt64(Catalog.subjects.count))].service
    }
}
