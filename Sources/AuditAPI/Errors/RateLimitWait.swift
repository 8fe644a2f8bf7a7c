import AuditCore

/// How long a 429 asks to wait: the first of `Retry-After`, the seconds in brackets in the message, `inin-ratelimit-reset`.
enum RateLimitWait {
    static func wait(_ response: APIResponse, _ body: ErrorBody?) -> Duration? {
        retryAfter(response) ?? body?.message.flatMap(bracketedSeconds) ?? response.rateLimit?.reset
    }

    /// Seconds, or a date (RFC 9110 section 10.2.3), which counts from the server's own clock.
    private static func retryAfter(_ response: APIResponse) -> Duration? {
        guard let text = response.headers["retry-after"] else { return nil }
        if let seconds = WholeSeconds.parse(text) { return .seconds(seconds) }
        guard let date = Instant(httpDate: text), let now = response.serverDate else { return nil }
        return max(.zero, date - now)
    }

    /// The last number in brackets: of the two in `maximum [300] requests within [60] seconds`, the one that is seconds.
    private static func bracketedSeconds(_ message: String) -> Duration? {
        for part in message.split(separator: "[").dropFirst().reversed() {
            if let end = part.firstIndex(of: "]"), let seconds = WholeSeconds.parse(part[..<end]) { return .seconds(seconds) }
        }
        return nil
    }
}
