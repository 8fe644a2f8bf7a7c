import AuditCore
import Outputs

extension ForwarderConfiguration {
    /// Loads the configuration of a run again. Blocks the calling thread while files are read.
    /// - Throws: `Failure`.
    public typealias Loading = @Sendable () throws -> (configuration: ForwarderConfiguration, warnings: [String])

    /// Makes the configuration of a run from four layers, of which a later one wins: the defaults, the configuration file, the
    /// environment, the flags.
    ///
    /// - The file is that of `--config`, else `auditferry.yaml` in the working directory, else
    ///   `/etc/auditferry/auditferry.yaml`, else none: credentials from the environment are enough.
    /// - The environment's layer is in ``EnvironmentCredentials``. The client secret comes from the first of
    ///   `GENESYSCLOUD_OAUTHCLIENT_SECRET` or its `_FILE`, `$CREDENTIALS_DIRECTORY/client_secret`, and the file's `client_secret`
    ///   or `client_secret_file`; a secret file of a layer that does not win is not read.
    /// - Without outputs, audits go to stdout. `--output` names those that run, and no other does.
    ///
    /// Blocks the calling thread while files are read.
    ///
    /// - Parameters:
    ///   - environment: all variables of the process.
    ///   - files: the file system, and who the process is.
    /// - Returns: the configuration, and sentences for the log about what is unwise in it. No secret is in any text.
    /// - Throws: `.usage` with every flag that cannot be used, or `.configuration` with everything that is wrong in the file
    ///   and the environment, ordered by line.
    public static func load(
        flags: ConfigurationFlags = .init(), environment: [String: String], files: some ConfigurationFiles
    ) throws(Failure) -> (configuration: ForwarderConfiguration, warnings: [String]) {
        try ConfigurationLoading(flags: flags, environment: environment, files: files).run()
    }
}

/// One loading of a configuration, step by step.
struct ConfigurationLoading<Files: ConfigurationFiles> {
    let flags: ConfigurationFlags
    let environment: [String: String]
    let files: Files
    private let problems = ConfigurationProblems()

    init(flags: ConfigurationFlags, environment: [String: String], files: Files) {
        self.flags = flags
        self.environment = environment
        self.files = files
    }

    func run() throws(Failure) -> (configuration: ForwarderConfiguration, warnings: [String]) {
        let flagSettings = try FlagSettings(flags, workingDirectory: files.workingDirectory)
        let source = try ConfigurationSource.find(explicit: flags.configPath, files)
        var draft = ConfigurationDraft()
        if let source { draft = try read(source) }
        draft.credentials.overlay(EnvironmentCredentials(environment: environment, problems: problems).read(files))
        overlay(flagSettings, on: &draft)
        let genesys = GenesysCompletion(problems: problems, files: files).complete(draft)
        let offsetsPath = draft.offsetsPath ?? defaultOffsetsPath()
        guard problems.isEmpty, let genesys, let offsetsPath else { throw failure(source) }
        try checkEnd(draft.tail)
        let configuration = ForwarderConfiguration(
            genesys: genesys, tail: draft.tail, offsetsPath: offsetsPath, keepIDs: draft.keepIDs,
            outputs: try outputs(draft, flagSettings, source), log: draft.log, http: draft.http,
            shutdownTimeout: draft.shutdownTimeout, source: source?.name)
        return (configuration, problems.warnings)
    }

    /// The path of the offsets alone.
    func offsetsPath() throws(Failure) -> String {
        let flagSettings = try FlagSettings(flags, workingDirectory: files.workingDirectory)
        if let path = flagSettings.offsetsPath { return path }
        let source = try ConfigurationSource.find(explicit: flags.configPath, files)
        var path: String?
        if let source { path = ConfigurationDraft.offsetsPath(try document(source), context(source)) }
        guard problems.isEmpty, let path = path ?? defaultOffsetsPath() else { throw failure(source) }
        return path
    }

    /// The operator's port alone.
    func operatorPort() throws(Failure) -> HTTPSettings {
        let source = try ConfigurationSource.find(explicit: flags.configPath, files)
        var settings: HTTPSettings?
        if let source { settings = ConfigurationDraft.operatorPort(try document(source), context(source)) }
        guard problems.isEmpty else { throw failure(source) }
        if let settings { return settings }
        let subject = source.map(\.name) ?? "the configuration"
        throw Failure(
            .configuration, "\(subject): opens no operator's port, which tells how a run is doing",
            hint: "set 'http.listen', as in auditferry.example.yaml, and restart the run")
    }

    /// Where events go, without what the API wants to know.
    func delivery() throws(Failure) -> DeliverySettings {
        let flagSettings = try FlagSettings(flags, workingDirectory: files.workingDirectory)
        let source = try ConfigurationSource.find(explicit: flags.configPath, files)
        var draft = ConfigurationDraft()
        if let source { draft = ConfigurationDraft(delivering: try document(source), context(source)) }
        overlay(flagSettings, on: &draft)
        guard problems.isEmpty, let offsetsPath = draft.offsetsPath ?? defaultOffsetsPath() else { throw failure(source) }
        return DeliverySettings(
            offsetsPath: offsetsPath, configured: draft.outputs,
            chosen: flags.outputs.isEmpty ? draft.outputs : try outputs(draft, flagSettings, source), log: draft.log,
            shutdownTimeout: draft.shutdownTimeout)
    }

    private func document(_ source: ConfigurationSource) throws(Failure) -> YAMLDocument {
        do throws(YAMLProblem) {
            return try YAMLReader.read(source.content.bytes)
        } catch {
            let place = "\(source.name):\(error.mark.line):\(error.mark.column)"
            throw Failure(.configuration, "\(place): \(error.message)", hint: ConfigurationSource.hint)
        }
    }

    private func context(_ source: ConfigurationSource) -> ConfigurationContext {
        ConfigurationContext(fileName: source.name, environment: environment, problems: problems)
    }

    private func read(_ source: ConfigurationSource) throws(Failure) -> ConfigurationDraft {
        let document = try document(source)
        let draft = ConfigurationDraft(document, context(source))
        if case .value = draft.credentials.secret, source.content.isReadableByAll, !source.takesSecretFromVariable(document) {
            problems.warn("\(source.name): holds a client secret and can be read by every user of this machine; use chmod 600")
        }
        return draft
    }

    private func overlay(_ settings: FlagSettings, on draft: inout ConfigurationDraft) {
        if let region = settings.region {
            draft.credentials.overlay(CredentialSettings(region: region, stated: [.region]))
        }
        draft.offsetsPath = settings.offsetsPath ?? draft.offsetsPath
        draft.tail.since = settings.since ?? draft.tail.since
        draft.tail.until = settings.until
        draft.log.level = settings.logLevel ?? draft.log.level
        draft.log.format = settings.logFormat ?? draft.log.format
    }

    private func outputs(
        _ draft: ConfigurationDraft, _ settings: FlagSettings, _ source: ConfigurationSource?
    ) throws(Failure) -> [OutputDefinition] {
        let outputs = try OutputChoice.choose(settings.outputs, from: draft.outputs, fileName: source?.name)
        guard let format = settings.format else { return outputs }
        return outputs.map {
            var output = $0
            output.format = format
            return output
        }
    }

    private func checkEnd(_ tail: TailConfiguration) throws(Failure) {
        guard case .at(let since) = tail.since, let until = tail.until, until <= since else { return }
        let message = "--until: '\(until.text)' is not after the start, which is '\(since.text)'"
        throw Failure(.usage, message, hint: "give a later instant, or an earlier --since")
    }

    private func defaultOffsetsPath() -> String? {
        if let path = DefaultOffsets.path(environment, runsAsRoot: files.runsAsRoot) { return path }
        problems.add("offsets.path: has no default, since HOME is not set; set it in the configuration file, or give --offsets")
        return nil
    }

    private func failure(_ source: ConfigurationSource?) -> Failure {
        let none = "export the variables, or write auditferry.yaml; auditferry.example.yaml explains every key"
        return Failure(.configuration, problems: problems.sorted, hint: source == nil ? none : ConfigurationSource.hint)
    }
}
