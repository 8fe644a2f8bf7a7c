import ArgumentParser
import AuditCore
import Forwarder
import Logging

/// The flags of every command that talks to the API.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file (default: auditferry.yaml here, else /etc/auditferry/auditferry.yaml, else none).",
            valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("The region, by its AWS name or its domain.", valueName: "region"))
    var region: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How much to log: debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(name: .long, help: ArgumentHelp("How to log: text or json.", valueName: "format"))
    var logFormat: String?

    var flags: ConfigurationFlags {
        ConfigurationFlags(configPath: config, region: region, logLevel: logLevel, logFormat: logFormat)
    }
}

/// A configuration and the log that it asks for.
struct Loaded {
    let configuration: ForwarderConfiguration
    let logger: Logger
    /// Loads it again.
    let reload: ForwarderConfiguration.Loading

    /// Loads it, and warns of what is unwise in it.
    init(_ flags: ConfigurationFlags) throws {
        reload = {
            try ForwarderConfiguration.load(
                flags: flags, environment: ProcessEnvironment.variables, files: LocalFiles())
        }
        let (configuration, warnings) = try reload()
        self.configuration = configuration
        logger = .auditferry(configuration.log)
        logger.warn(of: warnings)
    }
}
