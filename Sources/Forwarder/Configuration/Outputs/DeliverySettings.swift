import AuditCore
import Outputs

/// What a command needs to know that delivers without asking the API: no credentials.
public struct DeliverySettings: Sendable, Equatable {
    public let offsetsPath: String
    /// The outputs of the configuration file.
    public let configured: [OutputDefinition]
    /// Those of them, or besides them, that the flags name; all that are configured, where the flags name none.
    public let chosen: [OutputDefinition]
    public let log: LogSettings
    /// How long a command that was told to stop may go on to deliver.
    public let shutdownTimeout: Duration

    /// Reads the flags and the sections `offsets`, `outputs` and `log` of the configuration file. The rest of the file is not looked at,
    /// but it has to be YAML.
    ///
    /// Blocks the calling thread while the file is read.
    /// - Throws: `.usage` for flags that cannot be used, `.configuration` for what is wrong in those sections.
    public static func load(
        flags: ConfigurationFlags = .init(), environment: [String: String], files: some ConfigurationFiles
    ) throws(Failure) -> DeliverySettings {
        try ConfigurationLoading(flags: flags, environment: environment, files: files).delivery()
    }
}

extension OutputDefinition {
    /// Where its dead letters are kept.
    func deadLetters(besides offsetsPath: String) -> String {
        deadLetterPath ?? DeadLetterName.directory(of: offsetsPath) + name + DeadLetterName.suffix
    }
}

/// How the files of dead letters are named that nobody named.
enum DeadLetterName {
    static let suffix = ".rejected.ndjson"

    /// With its slash; empty for the working directory.
    static func directory(of path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }
}
