import AuditAPI
import AuditCore

/// What `query` asks the realtime endpoint for.
public struct RealtimeQuestion: Sendable, Equatable {
    public enum Start: Sendable, Equatable {
        /// So long before the end.
        case back(Duration)
        case at(Instant)
    }

    /// The page sizes that the API is known to take.
    public static let pageSizes = 1...500

    public var start: Start
    /// The first instant that is not wanted; `nil` for the server's now.
    public var end: Instant?
    /// `nil` for all services.
    public var service: String?
    /// All must match; at most one for each property.
    public var filters: [AuditQueryFilter]
    /// One of ``pageSizes``.
    public var pageSize: Int
    /// Newest first.
    public var isDescending: Bool

    public init(
        start: Start = .back(.seconds(3600)), end: Instant? = nil, service: String? = nil, filters: [AuditQueryFilter] = [],
        pageSize: Int = 500, isDescending: Bool = false
    ) {
        self.start = start
        self.end = end
        self.service = service
        self.filters = filters
        self.pageSize = pageSize
        self.isDescending = isDescending
    }

    /// The half-open interval that is asked for, when the server's time is `now`.
    /// - Throws: `Failure` with code `usage` where it holds no time, or only time to come.
    func interval(at now: Instant) throws(Failure) -> Interval {
        let end = end ?? now
        let first: Instant
        switch start {
        case .back(let duration): first = end - duration
        case .at(let instant): first = instant
        }
        guard first < now else {
            throw Failure(
                .usage, "the interval begins at '\(first)', which is in the future: the server's time is '\(now.wholeSecond)'",
                hint: "give --from an instant of the past")
        }
        guard first < end else {
            throw Failure(
                .usage, "the interval begins at '\(first)', which is not before its end '\(end)'",
                hint: "give --from an earlier instant, or --to a later one")
        }
        return Interval(first, end)
    }
}

extension RealtimeQuestion {
    /// Reads `Property=Value`, as often as it was given.
    ///
    /// - Throws: `Failure` with code `usage`: a property that the API does not have, one that is given twice, and an Action
    ///   without the EntityType that the API demands beside it.
    public static func filters(_ texts: [String]) throws(Failure) -> [AuditQueryFilter] {
        let names = FilterProperty.documented.map(\.rawValue)
        let hint = "write it as EntityType=Queue; the properties are \(names.joined(separator: ", "))"
        var filters: [AuditQueryFilter] = []
        for text in texts {
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw Failure(.usage, "--filter: \(Quoted.value(text)) is not a property and its value", hint: hint)
            }
            guard names.contains(sides[0]) else {
                let question = NearestName.question(sides[0], among: names)
                throw Failure(.usage, "--filter: \(Quoted.value(sides[0])) is not a property\(question)", hint: hint)
            }
            guard !filters.contains(where: { $0.property.rawValue == sides[0] }) else {
                throw Failure(
                    .usage, "--filter: \(Quoted.value(sides[0])) is given twice",
                    hint: "the API takes one value for each property")
            }
            filters.append(AuditQueryFilter(property: FilterProperty(rawValue: sides[0]), value: sides[1]))
        }
        let properties = filters.map(\.property)
        if properties.contains(.action), !properties.contains(.entityType) {
            throw Failure(
                .usage, "--filter: 'Action' stands without an 'EntityType'",
                hint: "the API finds actions of one entity type only: add --filter EntityType=...")
        }
        return filters
    }
}
