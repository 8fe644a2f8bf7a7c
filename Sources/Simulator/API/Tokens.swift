import AuditCore

/// The tokens that were given out, and how often each was used in its minute.
struct Tokens: Sendable {
    /// Older ones are forgotten, and so become invalid.
    static let mostTokens = 2000
    static let window = Duration.seconds(60)

    /// What the `inin-ratelimit-*` headers say.
    struct Allowance: Sendable, Equatable {
        var count: Int
        var allowed: Int
        /// Whole seconds until the count begins anew.
        var reset: Int
        /// Whether the client's role has the permission to see audits.
        var isPermitted = true
    }

    private struct Token {
        let expires: Instant
        let isPermitted: Bool
        var windowStart: Instant
        var count = 0
        var uses = 0
    }

    let lifetime: Duration
    /// How many requests one token is good for.
    let uses: Int
    let requestsPerMinute: Int
    private var tokens: [String: Token] = [:]
    private var order: [String] = []

    init(lifetime: Duration, uses: Int, requestsPerMinute: Int) {
        self.lifetime = lifetime
        self.uses = uses
        self.requestsPerMinute = requestsPerMinute
    }

    mutating func issue(_ random: inout RandomSource, isPermitted: Bool, now: Instant) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let text = String(decoding: (0..<86).map { _ in letters[random.below(letters.count)] }, as: UTF8.self)
        tokens[text] = Token(expires: now + lifetime, isPermitted: isPermitted, windowStart: now)
        order.append(text)
        if order.count > Tokens.mostTokens { tokens[order.removeFirst()] = nil }
        return text
    }

    /// Checks an `Authorization` header and counts the request.
    mutating func use(_ authorization: String?, now: Instant) throws(Refusal) -> Allowance {
        guard let authorization, let text = Tokens.credentials(authorization, scheme: "bearer") else { throw .noToken }
        guard var token = tokens[text], now < token.expires, token.uses < uses else { throw .badToken }
        if now - token.windowStart >= Tokens.window { (token.windowStart, token.count) = (now, 0) }
        token.count += 1
        token.uses += 1
        tokens[text] = token
        let left = (token.windowStart + Tokens.window - now).wholeMilliseconds
        return Allowance(
            count: token.count, allowed: requestsPerMinute, reset: max(1, Int((left + 999) / 1000)),
            isPermitted: token.isPermitted)
    }

    /// What follows the scheme, which is written in any case (RFC 9110 section 11.1).
    static func credentials(_ header: String, scheme: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == scheme else { return nil }
        return String(parts[1])
    }
}
