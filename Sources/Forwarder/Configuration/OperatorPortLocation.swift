import AuditCore

extension ForwarderConfiguration {
    /// The operator's port that the configuration file opens, for whoever asks a run that goes on; nothing else of the file is judged.
    ///
    /// Blocks the calling thread while the file is read.
    /// - Parameter flags: `configPath` alone counts.
    /// - Throws: `.configuration` where there is no file, no such key in it, or an address that cannot be used.
    public static func operatorPort(
        flags: ConfigurationFlags, environment: [String: String], files: some ConfigurationFiles
    ) throws(Failure) -> HTTPSettings {
        try ConfigurationLoading(flags: flags, environment: environment, files: files).operatorPort()
    }
}

extension ConfigurationDraft {
    /// Of the whole file, the operator's port alone.
    static func operatorPort(_ document: YAMLDocument, _ context: ConfigurationContext) -> HTTPSettings? {
        guard let root = document.root, var top = ConfigurationSection(root, path: "", context: context),
            var section = top.section("http"), let address = section.value("listen", .address)
        else { return nil }
        return HTTPSettings(host: address.host, port: address.port)
    }
}
