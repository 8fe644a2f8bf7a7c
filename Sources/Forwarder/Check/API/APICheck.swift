import AuditAPI
import AuditCore

/// Everything that is asked of the API, once each: nothing is tried again, so that the report shows the API as it is now. Of audits nothing is
/// kept and nothing shown.
struct APICheck {
    let configuration: ForwarderConfiguration
    let transport: any HTTPTransport

    private var genesys: GenesysSettings { configuration.genesys }

    func findings() async -> [CheckFinding] {
        let observed = ObservedTransport(transport)
        let client = AuditAPIClient(endpoints: genesys.endpoints, credentials: genesys.credentials, transport: observed)
        if case .failure(let error) = await APICheck.asking({ try await client.authenticate() }) {
            let rest = ["region", "permission", "services", "clock", "requests"]
            return failed("token", error) + rest.map { .skipped($0, "needs a token") }
        }
        let token = CheckFinding.ok(
            "token", "'\(genesys.endpoints.login)' gives client '\(genesys.credentials.clientID)' a token")
        let realtime = await APICheck.asking { try await client.realtimeServiceMapping().serviceNames }
        let asynchronous = await APICheck.asking { try await client.serviceMapping().serviceNames }
        let access = AccessCheck(genesys: genesys, client: client, realtime: realtime)
        let permitted = await access.findings(at: observed.observation.serverDate)
        let services = ServiceCheck(
            realtime: realtime, asynchronous: asynchronous, genesys: genesys,
            readsAsynchronous: configuration.tail.readsAsynchronous)
        let observation = observed.observation
        return [token] + permitted + services.findings() + [
            ClockCheck(skew: observation.skew, api: genesys.endpoints.api).finding(),
            AllowanceCheck(limit: observation.rateLimit, share: genesys.requestsPerMinute).finding(),
        ]
    }

    private func failed(_ subject: String, _ error: AuditAPIError) -> [CheckFinding] {
        CheckFinding.failed(subject, APIFailure.failure(error, genesys))
    }

    /// An answer, or why there is none.
    static func asking<Value: Sendable>(
        _ work: () async throws -> Value
    ) async -> Result<Value, AuditAPIError> {
        do {
            return .success(try await work())
        } catch let error as AuditAPIError {
            return .failure(error)
        } catch {
            return .failure(AuditAPIError(.connection, "the exchange failed"))
        }
    }
}
