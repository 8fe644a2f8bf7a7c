import AuditCore

/// One HTTP answer, of whatever status. A streamed answer of status 2xx has its body in the stream and none here.
public struct APIResponse: Sendable {
    public let status: Int
    public let headers: HeaderFields
    /// Decompressed.
    public let body: [UInt8]

    public init(status: Int, headers: HeaderFields = HeaderFields(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// What the header says beside the body.
    public var metadata: ResponseMetadata { ResponseMetadata(status: status, headers: headers) }
    /// The server's clock when it answered.
    public var serverDate: Instant? { metadata.serverDate }
    /// What is left of the allowance of requests.
    public var rateLimit: RateLimit? { metadata.rateLimit }
}

/// What an answer says beside its body.
public struct ResponseMetadata: Sendable, Equatable {
    public let status: Int
    /// The `Date` header: the server's clock, in whole seconds.
    public let serverDate: Instant?
    public let rateLimit: RateLimit?
    /// `ININ-Correlation-Id`: what the vendor's support asks for.
    public let correlationID: String?

    public init(
        status: Int, serverDate: Instant? = nil, rateLimit: RateLimit? = nil, correlationID: String? = nil
    ) {
        self.status = status
        self.serverDate = serverDate
        self.rateLimit = rateLimit
        self.correlationID = correlationID
    }

    init(status: Int, headers: HeaderFields) {
        self.init(
            status: status, serverDate: headers["date"].flatMap { Instant(httpDate: $0) },
            rateLimit: RateLimit(headers), correlationID: headers["inin-correlation-id"].map(VisibleText.cut))
    }
}

/// The allowance of requests as the three `inin-ratelimit-*` headers state it. Each may be missing.
public struct RateLimit: Sendable, Equatable {
    /// Requests allowed in a window.
    public let allowed: Int?
    /// Requests counted in this window.
    public let count: Int?
    /// Until the window ends: a duration, never a time of day.
    public let reset: Duration?

    public init(allowed: Int?, count: Int?, reset: Duration?) {
        self.allowed = allowed
        self.count = count
        self.reset = reset
    }

    init?(_ headers: HeaderFields) {
        let numbers = ["allowed", "count", "reset"].map { headers["inin-ratelimit-\($0)"].flatMap(WholeSeconds.parse) }
        guard numbers.contains(where: { $0 != nil }) else { return nil }
        self.init(allowed: numbers[0], count: numbers[1], reset: numbers[2].map { .seconds($0) })
    }
}

/// A whole number that a header or a message states.
enum WholeSeconds {
    /// A year of seconds, so that no sum overflows.
    static let most = 366 * 86_400

    /// Digits only, white space around them allowed; a larger number counts as `most`.
    static func parse(_ text: some StringProtocol) -> Int? {
        let digits = text.drop { $0 == " " }.prefix { $0 != " " }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return min(Int(digits) ?? most, most)
    }
}
