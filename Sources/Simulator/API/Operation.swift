/// What a request asks for: the token, one of the seven operations of the API, or a download.
enum Operation: Sendable, Equatable {
    case token
    case realtimeServiceMapping
    case serviceMapping
    case createQuery
    case queryStatus(transaction: String)
    case queryResults(transaction: String)
    case realtimeQuery
    case relatedQuery
    case download(id: String)

    enum Problem: Error, Equatable {
        case unknownPath
        case wrongMethod
    }

    /// Static paths come before `{transactionId}`, as `realtime` and `servicemapping` stand where an id could.
    init(method: String, path: String) throws(Problem) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let (operation, expected) = try Operation.route(parts)
        guard method == expected else { throw .wrongMethod }
        self = operation
    }

    private static func route(_ parts: [String]) throws(Problem) -> (Operation, method: String) {
        if parts == ["oauth", "token"] { return (.token, "POST") }
        if parts.count == 2, parts[0] == "downloads" { return (.download(id: parts[1]), "GET") }
        guard parts.count >= 4, parts[..<4] == ["api", "v2", "audits", "query"] else { throw .unknownPath }
        switch parts.dropFirst(4) {
        case []: return (.createQuery, "POST")
        case ["realtime"]: return (.realtimeQuery, "POST")
        case ["realtime", "servicemapping"]: return (.realtimeServiceMapping, "GET")
        case ["realtime", "related"]: return (.relatedQuery, "POST")
        case ["servicemapping"]: return (.serviceMapping, "GET")
        case let rest where rest.count == 1: return (.queryStatus(transaction: parts[4]), "GET")
        case let rest where rest.count == 2 && parts[5] == "results": return (.queryResults(transaction: parts[4]), "GET")
        default: throw .unknownPath
        }
    }

    /// Whether it needs a bearer token, counts against the rate limit, and can be hit by faults.
    var isAPI: Bool {
        switch self {
        case .token, .download: false
        default: true
        }
    }

    var hasBody: Bool {
        switch self {
        case .createQuery, .realtimeQuery, .relatedQuery: true
        default: false
        }
    }
}
