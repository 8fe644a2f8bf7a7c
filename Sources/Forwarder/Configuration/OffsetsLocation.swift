import AuditCore

extension ForwarderConfiguration {
    /// Where the offset file is, without asking for credentials or anything else: `--offsets`, else `offsets.path` of the configuration
    /// file, else its default. The rest of the file is not looked at, but it has to be YAML.
    ///
    /// Blocks the calling thread while the file is read.
    /// - Throws: `.usage` for flags that cannot be used, `.configuration` for what is wrong with the path.
    public static func offsetsPath(
        flags: ConfigurationFlags, environment: [String: String], files: some ConfigurationFiles
    ) throws(Failure) -> String {
        try ConfigurationLoading(flags: flags, environment: environment, files: files).offsetsPath()
    }
}

extension ConfigurationDraft {
    /// Of the whole file, the path of the offsets alone.
    static func offsetsPath(_ document: YAMLDocument, _ context: ConfigurationContext) -> String? {
        guard let root = document.root, var top = ConfigurationSection(root, path: "", context: context),
            var section = top.section("offsets")
        else { return nil }
        return section.value("path", .path)
    }
}
