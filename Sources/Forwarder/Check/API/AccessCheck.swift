import AuditAPI
import AuditCore

/// Whether the API takes the token, which fits one region alone, and lets its client read audits.
struct AccessCheck {
    /// How much time the query asks for that finds out whether audits may be read.
    private static let window = Duration.seconds(60)

    let genesys: GenesysSettings
    let client: AuditAPIClient
    /// What the first contact came to: the names of the services of the realtime endpoint.
    let realtime: Result<[String], AuditAPIError>

    /// - Parameter now: the server's time; `nil` where it does not tell.
    func findings(at now: Instant?) async -> [CheckFinding] {
        let (api, login) = (genesys.endpoints.api, genesys.endpoints.login)
        let fits = CheckFinding.ok("region", "'\(api)' takes tokens of '\(login)'")
        switch realtime {
        case .success(let services): return [fits] + (await permission(services, now))
        case .failure(let error):
            let failed = APIFailure.failure(error, genesys)
            // Whoever answers with another status than 401 has taken the token.
            guard error.status != nil, error.kind != .unauthorized else {
                return CheckFinding.failed("region", failed) + [.skipped("permission", "needs an API that takes the token")]
            }
            guard error.kind == .forbidden else {
                return [fits, .skipped("permission", "needs the services of the realtime endpoint")]
            }
            return [fits] + CheckFinding.failed("permission", failed)
        }
    }

    private func permission(_ services: [String], _ now: Instant?) async -> [CheckFinding] {
        guard let now else { return [.skipped("permission", "needs the API's time")] }
        var answer = await ask(now, service: wanted(services))
        if case .failure(let error) = answer, error.kind == .badRequest, wanted(services) == nil, let first = services.first {
            // Some organizations answer for one service at a time.
            answer = await ask(now, service: first)
        }
        switch answer {
        case .success: return [.ok("permission", "client '\(genesys.credentials.clientID)' may read audits")]
        case .failure(let error) where error.kind == .badRequest && !genesys.selection.filters.isEmpty:
            return [
                .failed(
                    "permission", .configuration, "a query with the configured filters is refused: \(error)",
                    hint: "correct 'genesys.filters'")
            ]
        case .failure(let error): return CheckFinding.failed("permission", APIFailure.failure(error, genesys))
        }
    }

    /// One that is to be read, where not all are.
    private func wanted(_ services: [String]) -> String? {
        guard case .only(let names) = genesys.selection.services else { return nil }
        return names.first(where: services.contains)
    }

    private func ask(_ now: Instant, service: String?) async -> Result<Void, AuditAPIError> {
        let query = AuditRealtimeQueryRequest(
            interval: Interval(now - AccessCheck.window, now), serviceName: service, filters: genesys.selection.filters,
            sort: [.ascending], pageNumber: 1, pageSize: 1)
        let expand: [Expansion] = genesys.selection.expandsUser ? [.user] : []
        return await APICheck.asking { _ = try await client.realtimeQueryPage(query, expand: expand) }
    }
}
