import AuditCore

/// When to use the token, when to get another, and when to wait for the one that somebody is getting. It acts on nothing;
/// times are those of a clock that never jumps.
struct TokenRenewal {
    enum Decision: Equatable {
        /// Use this token; its number tells a refusal of it from one of an older token.
        case use(Secret, number: Int)
        /// Get a new token, then call `renewed` or `failed`. Nobody else is told so until then.
        case renew
        /// Another request is getting one: ask again when it is done.
        case wait
    }

    /// A token is renewed this long before its end, or a tenth of its life where that is shorter.
    static let longestMargin: Duration = .seconds(300)
    /// After a failed renewal of a token that still works, the next one waits this long, or half of what is left of the margin.
    static let pauseAfterFailure: Duration = .seconds(30)

    private struct Held {
        let token: Token
        let renewAfter: Duration
        let end: Duration
    }

    private var held: Held?
    private var number = 0
    private var isRenewing = false
    private var pausedUntil: Duration = .zero

    mutating func decide(now: Duration) -> Decision {
        if let held, now < held.end {
            let isFresh = now < held.renewAfter || now < pausedUntil || isRenewing
            if isFresh { return .use(held.token.value, number: number) }
        } else if isRenewing {
            return .wait
        }
        isRenewing = true
        return .renew
    }

    mutating func renewed(_ token: Token, now: Duration) {
        isRenewing = false
        number += 1
        pausedUntil = .zero
        let margin = min(TokenRenewal.longestMargin, token.lifetime / 10)
        held = Held(token: token, renewAfter: now + token.lifetime - margin, end: now + token.lifetime)
    }

    /// Tells whether the old token still works, so that the request that tried can go on with it.
    mutating func failed(now: Duration) -> Decision? {
        isRenewing = false
        guard let held, now < held.end else { return nil }
        pausedUntil = now + min(TokenRenewal.pauseAfterFailure, (held.end - now) / 2)
        return .use(held.token.value, number: number)
    }

    /// The API did not take the token: it is forgotten, unless a newer one has come since.
    mutating func refused(number: Int) {
        if number == self.number { held = nil }
    }
}
