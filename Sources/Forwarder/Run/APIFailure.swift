import AuditAPI
import AuditCore

/// What an operator reads when the API ends a command.
enum APIFailure {
    /// Of one whose answers have no 'Date'.
    static func timeless(_ genesys: GenesysSettings) -> Failure {
        Failure(
            .failed, "API '\(genesys.endpoints.api)' does not say what time it is",
            hint: "a proxy may remove the 'Date' header: the windows are made from it")
    }

    static func failure(_ error: AuditAPIError, _ genesys: GenesysSettings) -> Failure {
        let reason = error.description
        switch error.kind {
        case .credentialsRefused, .unauthorized:
            return Failure(
                .refused, "client '\(genesys.credentials.clientID)' was refused by '\(genesys.endpoints.login)': \(reason)",
                hint: "check the client id, the secret and the region: an OAuth client exists in one region only")
        case .forbidden:
            return Failure(
                .refused, "client '\(genesys.credentials.clientID)' may not read audits: \(reason)",
                hint: "give the OAuth client a role with the permission 'audits:audit:view'")
        case .connection, .timeout, .server, .rateLimited, .malformed, .unexpected:
            return Failure(
                .unreachable, "API '\(genesys.endpoints.api)' could not be used: \(reason)",
                hint: "check the network, a proxy and the region; 'auditferry run' waits until the API answers")
        case .badRequest, .notFound, .tooLarge:
            return Failure(
                .data, "API '\(genesys.endpoints.api)' refused the request: \(reason)", hint: "change what is asked for")
        case .queryNotDone, .downloadRefused, .bound, .cancelled:
            return Failure(.failed, "query did not come to its end: \(reason)", hint: "try again")
        }
    }
}
