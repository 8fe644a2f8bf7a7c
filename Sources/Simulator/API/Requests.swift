import FoundationEssentials

/// The bodies of the POST operations, as the API reference has them in section 2. Unknown members are ignored.
struct QueryBody: Decodable, Sendable {
    struct Filter: Codable, Sendable, Equatable {
        var property: String
        var value: String
    }

    struct Sort: Codable, Sendable, Equatable {
        var name: String
        var sortOrder: String
    }

    var interval: String?
    var serviceName: String?
    var filters: [Filter]?
    var sort: [Sort]?
    /// Realtime only.
    var pageNumber: Int?
    var pageSize: Int?
}

struct RelatedBody: Decodable, Sendable {
    var auditId: String?
    var trustorOrgId: String?
    var sort: [QueryBody.Sort]?
}

extension Exchange {
    /// The longest request body that the platform takes (`request.bytes.max`).
    static let mostBodyBytes = 512_000

    func decode<Body: Decodable>(_ type: Body.Type) throws(Refusal) -> Body {
        let media = contentType?.split(separator: ";").first.map { $0.trimmingPrefix(while: \.isWhitespace) }
        guard let media, String(media).lowercased().filter({ $0 != " " }) == "application/json" else { throw .unsupportedMedia }
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw .badRequest("The request could not be understood by the server due to malformed syntax.")
        }
    }

    /// Whether names of users are wanted.
    func isExpanded() throws(Refusal) -> Bool {
        let values = values("expand")
        for value in values where value != "user" { throw .invalidParameter(value, "expand", allowed: "user") }
        return !values.isEmpty
    }
}
