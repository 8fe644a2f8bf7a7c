import AuditCore

/// The environment's layer of the configuration: the variables of Genesys Cloud's own tools, and the credentials of systemd.
///
/// `GENESYSCLOUD_REGION`, `GENESYSCLOUD_OAUTHCLIENT_ID` and `GENESYSCLOUD_OAUTHCLIENT_SECRET` are also taken from the file that
/// the variable of the same name with `_FILE` names; both at once is an error. A secret that is in neither is looked for in
/// `$CREDENTIALS_DIRECTORY/client_secret`. An empty variable counts as not set.
struct EnvironmentCredentials {
    static let region = "GENESYSCLOUD_REGION"
    static let clientID = "GENESYSCLOUD_OAUTHCLIENT_ID"
    static let clientSecret = "GENESYSCLOUD_OAUTHCLIENT_SECRET"
    static let apiURL = "GENESYSCLOUD_API_URL"
    static let loginURL = "GENESYSCLOUD_LOGIN_URL"

    let environment: [String: String]
    let problems: ConfigurationProblems

    func read(_ files: some ConfigurationFiles) -> CredentialSettings {
        CredentialSettings(
            region: value(EnvironmentCredentials.region, .region, files), apiURL: value(EnvironmentCredentials.apiURL, .baseURL),
            loginURL: value(EnvironmentCredentials.loginURL, .baseURL),
            clientID: value(EnvironmentCredentials.clientID, .clientID, files), secret: secret(files), stated: stated)
    }

    private var stated: Set<CredentialSettings.Item> {
        let variables: [(String, CredentialSettings.Item)] = [
            (EnvironmentCredentials.region, .region), (EnvironmentCredentials.apiURL, .apiURL),
            (EnvironmentCredentials.loginURL, .loginURL), (EnvironmentCredentials.clientID, .clientID),
            (EnvironmentCredentials.clientSecret, .secret),
        ]
        return Set(variables.filter { variable($0.0) != nil || variable("\($0.0)_FILE") != nil }.map(\.1))
    }

    private func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Neither these values nor their files' contents are shown: one variable may hold what was meant for another.
    private func value<Value>(_ name: String, _ rule: ValueRule<Value>) -> Value? {
        guard let text = variable(name) else { return nil }
        return check(text, of: name, rule)
    }

    private func value<Value>(_ name: String, _ rule: ValueRule<Value>, _ files: some ConfigurationFiles) -> Value? {
        guard let path = file(name) else { return value(name, rule) }
        do throws(SecretFile.Problem) {
            return check(try SecretFile.read(path, files).text, of: "\(name)_FILE", rule)
        } catch {
            problems.add("\(name)_FILE: \(shown(path))\(error.reason)")
            return nil
        }
    }

    private func check<Value>(_ text: String, of name: String, _ rule: ValueRule<Value>) -> Value? {
        if let value = rule.parse(text) { return value }
        problems.add("\(name): the value \(rule.refusal(text))")
        return nil
    }

    /// The file that stands in for the variable; reports where the variable is set beside it.
    private func file(_ name: String) -> String? {
        guard let path = variable("\(name)_FILE") else { return nil }
        guard variable(name) != nil else { return path }
        problems.add("\(name): set together with \(name)_FILE; only one of them can count")
        return nil
    }

    private func secret(_ files: some ConfigurationFiles) -> SecretSource? {
        let name = EnvironmentCredentials.clientSecret
        if let path = file(name) { return .file(path: path, shown: shown(path), subject: "\(name)_FILE", line: nil) }
        if let text = variable(name) {
            do throws(SecretFile.Problem) {
                return .value(Secret(try SecretFile.singleLine(text)))
            } catch {
                problems.add("\(name): the value \(error.reason)")
                return nil
            }
        }
        guard let directory = variable("CREDENTIALS_DIRECTORY") else { return nil }
        return systemdCredential("\(directory)/client_secret", files)
    }

    private func systemdCredential(_ path: String, _ files: some ConfigurationFiles) -> SecretSource? {
        do throws(SecretFile.Problem) {
            return .value(Secret(try SecretFile.read(path, files).text))
        } catch {
            // Why it cannot be read is said where that of every secret file is.
            return error.isAbsence ? nil : .file(path: path, shown: shown(path), subject: "CREDENTIALS_DIRECTORY", line: nil)
        }
    }

    /// A path to be seen before a reason. What has no slash may be the value itself, put into the wrong variable.
    private func shown(_ path: String) -> String { path.contains("/") ? "\(Quoted.value(path)) " : "the file " }
}
