import AuditCore

extension AuditService {
    /// What the id of the second client ends in. It has the secret of the first, and not its permission.
    static let powerlessSuffix = "-without-permission"

    func token(_ exchange: Exchange, _ now: Instant) -> Answer {
        let isPermitted: Bool
        do {
            let request = try TokenRequest(exchange)
            isPermitted = request.clientID == configuration.clientID
            guard isPermitted || request.clientID == configuration.clientID + AuditService.powerlessSuffix,
                request.clientSecret == withState(now, { $0.clientSecret }).reveal()
            else {
                throw TokenRequest.Problem.invalidClient
            }
        } catch let problem as TokenRequest.Problem {
            return problem.answer
        } catch {
            return TokenRequest.Problem.invalidRequest.answer
        }
        let (token, lifetime) = withState(now) { state in
            (state.tokens.issue(&state.random, isPermitted: isPermitted, now: now), state.tokens.lifetime)
        }
        var text = JSONText()
        text.raw(#"{"access_token":""#)
        text.raw(token)
        text.raw(#"","token_type":"bearer","expires_in":"#)
        text.raw(String(lifetime.wholeMilliseconds / 1000))
        text.raw("}")
        return Answer(text)
    }
}
