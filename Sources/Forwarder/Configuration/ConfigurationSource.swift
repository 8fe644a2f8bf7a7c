import AuditCore

/// The configuration file that was found.
struct ConfigurationSource {
    /// As messages name it.
    let name: String
    let content: FileContent

    static let standardPath = "/etc/auditferry/auditferry.yaml"
    static let localName = "auditferry.yaml"
    static let hint = "correct the configuration and start again; auditferry.example.yaml explains every key"
    static let reloadHint = "correct the configuration and reload again; auditferry.example.yaml explains every key"

    /// `nil` where none was asked for and none is there. One that is there and cannot be read is an error.
    static func find(explicit: String?, _ files: some ConfigurationFiles) throws(Failure) -> ConfigurationSource? {
        if let explicit {
            guard let source = try read(explicit, name: explicit, files) else {
                let message = "\(Quoted.value(explicit)): \(FileProblem.absent.text(limit: 0))"
                throw Failure(.configuration, message, hint: "give --config the path of a file")
            }
            return source
        }
        let localPath = "\(files.workingDirectory)/\(localName)"
        if let source = try read(localPath, name: localName, files) { return source }
        return try read(standardPath, name: standardPath, files)
    }

    private static func read(
        _ path: String, name: String, _ files: some ConfigurationFiles
    ) throws(Failure) -> ConfigurationSource? {
        do throws(FileProblem) {
            return ConfigurationSource(name: name, content: try files.read(path, limit: YAMLReader.maximumBytes))
        } catch .absent {
            return nil
        } catch {
            let message = "\(Quoted.value(name)): cannot be read: \(error.text(limit: YAMLReader.maximumBytes))"
            throw Failure(.configuration, message, hint: "the configuration has to be a file that this user may read")
        }
    }

    /// Whether the file names the variable of its secret, rather than the secret.
    func takesSecretFromVariable(_ document: YAMLDocument) -> Bool {
        guard case .mapping(let top) = document.root?.content,
            case .mapping(let genesys) = top.first(where: { $0.key == "genesys" })?.value.content,
            case .scalar(let secret) = genesys.first(where: { $0.key == "client_secret" })?.value.content
        else { return false }
        return VariableSubstitution.isNeeded(secret.text)
    }
}
