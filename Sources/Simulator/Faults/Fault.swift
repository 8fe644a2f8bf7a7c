import AuditCore

/// Something that goes wrong, by name. Faults of the organization change when audits show; faults of the answers change what a
/// client gets, and never what is true.
public enum Fault: String, CaseIterable, Sendable {
    // The organization.
    case late
    case sameSecond = "same-second"
    case shift
    case noID = "no-id"
    // Pages.
    case duplicate
    case serviceNameRequired = "service-name-required"
    case tooLarge = "too-large"
    case pageSizeLimit = "page-size-limit"
    case exclusiveStart = "exclusive-start"
    case inclusiveEnd = "inclusive-end"
    case timeout504 = "timeout-504"
    // Authorization and allowance.
    case expiredToken = "expired-token"
    case unauthorized
    case forbidden
    case rateLimit = "rate-limit"
    case rateLimitSilent = "rate-limit-silent"
    case rateLimitLong = "rate-limit-long"
    // The wire.
    case truncate
    case malformed
    case html502 = "html-502"
    case empty503 = "empty-503"
    case error500 = "error-500"
    case slow
    case reset
    case clockSkew = "clock-skew"
    // Asynchronous queries.
    case stuckRunning = "stuck-running"
    case failedQuery = "failed-query"
    case cancelledQuery = "cancelled-query"
    case vanishedQuery = "vanished-query"
    case cursorRefused = "cursor-refused"
    case largePages = "large-pages"
    case redirectLocation = "redirect-location"
}

extension Fault {
    /// A value that a plan may set.
    struct Parameter: Sendable {
        enum Kind: Sendable {
            /// A whole number from 1 on.
            case count
            /// A whole number of any sign.
            case integer
            /// A number from 0 to 1.
            case fraction
            /// As in configuration files: `500ms`, `15s`, `1h`.
            case duration
        }

        let name: String
        let kind: Kind
        /// As the user would write it.
        let standard: String
    }

    /// What one line says about it.
    public var meaning: String {
        switch self {
        case .late: "some audits show up late, out of the order of their time"
        case .sameSecond: "bursts of audits in one second, more than two pages of them"
        case .shift: "some audits wait, and show up while somebody pages through their time"
        case .noID: "some audits besides the others have no id"
        case .duplicate: "each further page begins with the last audit of the page before"
        case .serviceNameRequired: "realtime queries without serviceName are refused (400)"
        case .tooLarge: "realtime queries with more results than this are refused (400 response.entity.too.large)"
        case .pageSizeLimit: "page sizes above this are refused (400)"
        case .exclusiveStart: "audits at the very start of an interval are left out"
        case .inclusiveEnd: "audits at the very end of an interval belong to it"
        case .timeout504: "realtime queries over longer intervals time out (504)"
        case .expiredToken: "tokens live only so long, and are good for so many requests"
        case .unauthorized: "every Nth request is refused (401), although the token is fine"
        case .forbidden: "the permission is missing (403)"
        case .rateLimit: "every Nth request is over the rate limit (429), with Retry-After"
        case .rateLimitSilent: "every Nth request is over the rate limit (429), without Retry-After; the message names the window"
        case .rateLimitLong: "every Nth request is over the rate limit (429), with a Retry-After of an hour"
        case .truncate: "every Nth answer ends in the middle, and the connection is closed"
        case .malformed: "every Nth answer is not valid JSON"
        case .html502: "every Nth request gets a gateway's HTML page (502)"
        case .empty503: "every Nth request gets an empty answer (503)"
        case .error500: "every Nth request gets an error body (500)"
        case .slow: "every Nth answer takes this long"
        case .reset: "every Nth connection is reset in the middle of the answer"
        case .clockSkew: "the Date header is off by so many seconds"
        case .stuckRunning: "every Nth asynchronous query never ends"
        case .failedQuery: "every Nth asynchronous query fails"
        case .cancelledQuery: "every Nth asynchronous query is cancelled"
        case .vanishedQuery: "every Nth asynchronous query is unknown (404) after its creation"
        case .cursorRefused: "every Nth use of a cursor is refused (400)"
        case .largePages: "result pages with more bytes are refused (400), or become a download for who allows it (302)"
        case .redirectLocation: "the 302 of a large page has a Location header as well"
        }
    }

    /// Different numbers for different faults, so that several in one plan do not always hit the same request.
    var parameters: [Parameter] {
        switch self {
        case .late: [.init(name: "fraction", kind: .fraction, standard: "0.05"), .duration("delay", "90s")]
        case .sameSecond: [.count("every", "20000"), .count("count", "1200")]
        case .shift:
            [.init(name: "fraction", kind: .fraction, standard: "0.05"), .duration("delay", "5m"), .count("count", "3")]
        case .noID: [.init(name: "fraction", kind: .fraction, standard: "0.01")]
        case .duplicate, .serviceNameRequired, .exclusiveStart, .inclusiveEnd, .forbidden, .redirectLocation: []
        case .tooLarge: [.count("results", "10000")]
        case .pageSizeLimit: [.count("size", "100")]
        case .timeout504: [.duration("span", "24h")]
        case .expiredToken: [.duration("lifetime", "5s"), .count("uses", "1000000")]
        case .rateLimit: [.count("every", "13"), .duration("wait", "3s")]
        case .rateLimitLong: [.count("every", "41"), .duration("wait", "1h")]
        case .slow: [.count("every", "1"), .duration("delay", "500ms")]
        case .clockSkew: [.init(name: "seconds", kind: .integer, standard: "-90")]
        case .unauthorized: [.count("every", "11")]
        case .rateLimitSilent: [.count("every", "17"), .duration("window", "60s")]
        case .truncate: [.count("every", "7")]
        case .malformed: [.count("every", "19")]
        case .html502: [.count("every", "23")]
        case .empty503: [.count("every", "29")]
        case .error500: [.count("every", "31")]
        case .reset: [.count("every", "37")]
        case .stuckRunning: [.count("every", "2")]
        case .failedQuery: [.count("every", "3")]
        case .cancelledQuery: [.count("every", "5")]
        case .vanishedQuery: [.count("every", "6")]
        case .cursorRefused: [.count("every", "4")]
        case .largePages: [.count("bytes", "100000")]
        }
    }
}

extension Fault.Parameter {
    fileprivate static func count(_ name: String, _ standard: String) -> Fault.Parameter {
        .init(name: name, kind: .count, standard: standard)
    }

    fileprivate static func duration(_ name: String, _ standard: String) -> Fault.Parameter {
        .init(name: name, kind: .duration, standard: standard)
    }
}
