import AuditCore

extension AuditService {
    func token(_ exchange: Exchange, _ now: Instant) -> Answer {
        do {
            let request = try TokenRequest(exchange)
            guard request.clientID == configuration.clientID, request.clientSecret == configuration.clientSecret.reveal() else {
                throw TokenRequest.Problem.invalidClient
            }
        } catch let problem as TokenRequest.Problem {
            return problem.answer
        } catch {
            return TokenRequest.Problem.invalidRequest.answer
        }
        let (token, lifetime) = withState(now) { state in (state.tokens.issue(&state.random, now: now), state.tokens.lifetime) }
        var text = JSONText()
        text.raw(#"{"access_token":""#)
        text.raw(token)
        text.raw(#"","token_type":"bearer","expires_in":"#)
        text.raw(String(lifetime.wholeMilliseconds / 1000))
        text.raw("}")
        return Answer(text)
    }
}
