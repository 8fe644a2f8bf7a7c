import AuditCore

/// What a query asks for, checked.
struct AuditQuery: Sendable {
    enum Service: Sendable, Equatable {
        case all
        case one(UInt16)
        /// A name that no service has: nothing is found.
        case unknown
    }

    struct Filter: Sendable, Equatable {
        enum Property: String, CaseIterable, Sendable {
            case userID = "UserId"
            case trusteeOrganizationID = "TrusteeOrganizationId"
            case clientID = "ClientId"
            case action = "Action"
            case entityType = "EntityType"
            case entityID = "EntityId"
        }

        let property: Property
        let text: String
        let id: AuditID

        init(_ property: Property, _ text: String) {
            self.property = property
            self.text = text
            id = AuditID(text)
        }

        func holds(for facts: AuditFacts) -> Bool {
            switch property {
            case .userID: facts.user == id
            case .trusteeOrganizationID: facts.trustee == id
            case .clientID: facts.client == id
            case .action: facts.action == text
            case .entityType: facts.entityType == text
            case .entityID: facts.entity == id
            }
        }
    }

    /// The first and the first no longer wanted instant.
    var start: Instant
    var end: Instant
    var service: Service = .all
    /// All of them hold for what is found.
    var filters: [Filter] = []
    var isDescending = true
}

extension Archive {
    /// One page of what realtime shows now, and how much there is in all.
    ///
    /// - Parameter number: from 1.
    mutating func realtimePage(_ query: AuditQuery, number: Int, size: Int) -> (audits: [Audit], total: Int) {
        let lane: Lane
        switch query.service {
        case .unknown: return ([], 0)
        case .all: lane = realtimeLane(nil)
        case .one(let service): lane = realtimeLane(service)
        }
        let range = lane.range(from: query.start, to: query.end)
        // A page number may be as large as it likes; what lies beyond the last page is empty.
        let (skipped, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        guard query.filters.isEmpty else {
            let positions = range.filter { matches(lane.audits[$0], query.filters) }
            let page = Archive.page(positions.count, skipped: overflow ? .max : skipped, size, query.isDescending)
            return (page.map { lane.audits[positions[$0]] }, positions.count)
        }
        let page = Archive.page(range.count, skipped: overflow ? .max : skipped, size, query.isDescending)
        return (page.map { lane.audits[range.lowerBound + $0] }, range.count)
    }

    /// The ranks of the audits on a page, in the order of the page.
    private static func page(_ count: Int, skipped: Int, _ size: Int, _ isDescending: Bool) -> [Int] {
        guard skipped < count else { return [] }
        let last = min(count, skipped + size)
        return (skipped..<last).map { isDescending ? count - 1 - $0 : $0 }
    }

    /// Everything that the asynchronous endpoint finds now, in order.
    func snapshot(_ query: AuditQuery) -> [Audit] {
        guard query.service != .unknown else { return [] }
        let range = asynchronous.range(from: query.start, to: query.end)
        let found = asynchronous.audits[range].filter { audit in
            if case .one(let service) = query.service, audit.service != service { return false }
            return matches(audit, query.filters)
        }
        return query.isDescending ? found.reversed() : Array(found)
    }

    /// Everything that realtime shows of the act that made an audit; `nil` where it does not show that audit.
    mutating func related(to id: AuditID, isDescending: Bool) -> [Audit]? {
        let lane = realtimeLane(nil)
        guard let audit = lane.audits.last(where: { contents.id(of: $0) == id }) else { return nil }
        let act = contents.act(of: audit)
        let found = lane.audits.filter { contents.act(of: $0) == act }
        return isDescending ? found.reversed() : found
    }

    private func matches(_ audit: Audit, _ filters: [AuditQuery.Filter]) -> Bool {
        guard !filters.isEmpty else { return true }
        let facts = contents.facts(of: audit)
        return filters.allSatisfy { $0.holds(for: facts) }
    }
}
