import AuditCore

extension ForwarderConfiguration {
    /// The configuration of a run against a simulator on this machine: the flags alone count.
    public static func simulated(port: Int, flags: ConfigurationFlags) throws(Failure) -> ForwarderConfiguration {
        let environment = [
            "GENESYSCLOUD_API_URL": "http://127.0.0.1:\(port)", "GENESYSCLOUD_OAUTHCLIENT_ID": "simulator",
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": "simulator",
        ]
        return try load(flags: flags, environment: environment, files: OutputsOnly()).configuration
    }
}

/// The machine without any configuration file.
private struct OutputsOnly: ConfigurationFiles {
    private let files = LocalFiles()

    var workingDirectory: String { files.workingDirectory }
    var runsAsRoot: Bool { files.runsAsRoot }

    func read(_ path: String, limit: Int) throws(FileProblem) -> FileContent { throw .absent }
}
