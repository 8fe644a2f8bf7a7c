import AuditCore

/// What makes the body of a query acceptable (API reference, sections 2.1 to 2.4 and 5).
struct QueryRules: Sendable {
    static let longestAsynchronousSpan = Duration.seconds(31 * 86_400)
    static let realtimeRetention = Duration.seconds(14 * 86_400)
    static let asynchronousRetention = Duration.seconds(365 * 86_400)
    static let mostFilters = 50

    let plan: FaultPlan
    let services: [String: UInt16]

    /// - Parameter retention: audits older than that are gone: an interval that begins before is answered with the rest.
    func query(_ body: QueryBody, now: Instant, retention: Duration, longestSpan: Duration?) throws(Refusal) -> AuditQuery {
        let (start, end) = try interval(body.interval, longestSpan)
        var query = AuditQuery(start: max(start, now - retention), end: end)
        // The documents do not say which ends belong to an interval; these faults try the other answers.
        if plan.contains(.exclusiveStart) { query.start = query.start + .milliseconds(1) }
        if plan.contains(.inclusiveEnd) { query.end = query.end + .milliseconds(1) }
        if let name = body.serviceName { query.service = services[name].map(AuditQuery.Service.one) ?? .unknown }
        query.filters = try filters(body.filters ?? [])
        query.isDescending = try isDescending(body.sort)
        return query
    }

    func interval(_ text: String?, _ longestSpan: Duration?) throws(Refusal) -> (start: Instant, end: Instant) {
        let tooLong = "You must specify a search interval as part of your query that does not exceed 31 days."
        guard let text, !text.isEmpty else {
            throw .badRequest(longestSpan == nil ? "You must specify a search interval as part of your query." : tooLong)
        }
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2, let start = Instant(String(sides[0])), let end = Instant(String(sides[1])) else {
            throw .invalidDate
        }
        guard start <= end else { throw .badRequest("The start of the interval must not be after its end.") }
        if let longestSpan, end - start > longestSpan { throw .badRequest(tooLong) }
        return (start, end)
    }

    func isDescending(_ sort: [QueryBody.Sort]?) throws(Refusal) -> Bool {
        guard let first = sort?.first else { return true }
        guard first.name == "Timestamp" else { throw .invalidValue(first.name, "name", allowed: "Timestamp") }
        switch first.sortOrder.lowercased() {
        case "ascending", "asc": return false
        case "descending", "desc": return true
        default: throw .invalidValue(first.sortOrder, "sortOrder", allowed: "ascending, descending")
        }
    }

    private func filters(_ filters: [QueryBody.Filter]) throws(Refusal) -> [AuditQuery.Filter] {
        guard filters.count <= QueryRules.mostFilters else { throw .badRequest("There are too many filters.") }
        var checked: [AuditQuery.Filter] = []
        for filter in filters {
            guard let property = AuditQuery.Filter.Property(rawValue: filter.property) else {
                let names = AuditQuery.Filter.Property.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidValue(filter.property, "property", allowed: names)
            }
            checked.append(AuditQuery.Filter(property, filter.value))
        }
        let properties = checked.map(\.property)
        if properties.contains(.action), !properties.contains(.entityType) {
            throw Refusal(400, "bad.request", "IllegalQueryException: a filter on Action needs one on EntityType.")
        }
        return checked
    }
}
