import AuditAPI
import AuditCore

/// Makes the settings of the organization whole once every layer has spoken, and says what none of them gave.
struct GenesysCompletion<Files: ConfigurationFiles> {
    let problems: ConfigurationProblems
    let files: Files

    /// `nil` where something is missing or cannot be read, which was reported.
    func complete(_ draft: ConfigurationDraft) -> GenesysSettings? {
        let stated = draft.credentials.stated
        if stated.isDisjoint(with: [.region, .apiURL]) {
            missing("genesys.region", EnvironmentCredentials.region, orElse: "; or give genesys.api_url")
        }
        if !stated.contains(.clientID) { missing("genesys.client_id", EnvironmentCredentials.clientID) }
        if !stated.contains(.secret), draft.credentials.secret == nil {
            missing("genesys.client_secret", EnvironmentCredentials.clientSecret)
        }
        let endpoints = endpoints(draft.credentials)
        let secret = secret(draft.credentials.secret)
        guard let endpoints, let secret, let clientID = draft.credentials.clientID else { return nil }
        return GenesysSettings(
            endpoints: endpoints, credentials: Credentials(clientID: clientID, secret: secret), selection: draft.selection,
            requestsPerMinute: draft.requestsPerMinute)
    }

    private func endpoints(_ credentials: CredentialSettings) -> Endpoints? {
        guard credentials.region != nil || credentials.apiURL != nil else { return nil }
        do throws(InvalidBaseURL) {
            let endpoints = try Endpoints(region: credentials.region, api: credentials.apiURL, login: credentials.loginURL)
            if endpoints.exposesSecrets {
                problems.warn("genesys: a host is asked over plain http, which shows secrets on the way")
            }
            return endpoints
        } catch {
            problems.add("genesys: \(error)")
            return nil
        }
    }

    private func missing(_ key: String, _ variable: String, orElse: String = "") {
        let variables = "the variable \(variable) or \(variable)_FILE"
        problems.add("\(key): missing; set it in the configuration file, or \(variables)\(orElse)")
    }

    private func secret(_ source: SecretSource?) -> Secret? {
        switch source {
        case nil:
            return nil
        case .value(let secret):
            return secret
        case .file(let path, let shown, let subject, let line):
            do throws(SecretFile.Problem) {
                let (text, isReadableByAll) = try SecretFile.read(path, files)
                if isReadableByAll {
                    problems.warn("\(subject): \(shown)can be read by every user of this machine; use chmod 600")
                }
                return Secret(text)
            } catch {
                problems.add("\(subject): \(shown)\(error.reason)", line: line)
                return nil
            }
        }
    }
}
