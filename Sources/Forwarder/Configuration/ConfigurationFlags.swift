import AuditAPI
import AuditCore
import Formats
import Logging

/// The flags that change a configuration, as the user typed them.
public struct ConfigurationFlags: Sendable, Equatable {
    /// `--config`
    public var configPath: String?
    /// `--output`, each time it was given: the name of an output of the file, `stdout`, or a URL.
    public var outputs: [String]
    /// `--format`, for every output that runs.
    public var format: String?
    /// `--offsets`
    public var offsetsPath: String?
    /// `--since`
    public var since: String?
    /// `--until`
    public var until: String?
    /// `--region`
    public var region: String?
    /// `--log-level`
    public var logLevel: String?
    /// `--log-format`
    public var logFormat: String?

    public init(
        configPath: String? = nil, outputs: [String] = [], format: String? = nil, offsetsPath: String? = nil,
        since: String? = nil, until: String? = nil, region: String? = nil, logLevel: String? = nil, logFormat: String? = nil
    ) {
        self.configPath = configPath
        self.outputs = outputs
        self.format = format
        self.offsetsPath = offsetsPath
        self.since = since
        self.until = until
        self.region = region
        self.logLevel = logLevel
        self.logFormat = logFormat
    }
}

/// The flags' layer of the configuration, understood.
struct FlagSettings {
    private(set) var outputs: [OutputReference] = []
    let format: Format?
    let offsetsPath: String?
    let since: TailConfiguration.Start?
    let until: Instant?
    let region: Region?
    let logLevel: Logger.Level?
    let logFormat: LogSettings.Format?

    /// - Throws: every flag that cannot be used, by its name.
    init(_ flags: ConfigurationFlags, workingDirectory: String) throws(Failure) {
        var problems: [String] = []
        format = FlagSettings.value("--format", flags.format, .format, &problems)
        offsetsPath = FlagSettings.value("--offsets", flags.offsetsPath, .path, &problems)
        since = FlagSettings.value("--since", flags.since, .since, &problems)
        until = FlagSettings.value("--until", flags.until, .instant, &problems)
        region = FlagSettings.value("--region", flags.region, .region, &problems)
        logLevel = FlagSettings.value("--log-level", flags.logLevel, .logLevel, &problems)
        logFormat = FlagSettings.value("--log-format", flags.logFormat, .logFormat, &problems)
        for text in flags.outputs.prefix(OutputsSection.maximumOutputs) {
            do throws(OutputReference.Problem) {
                outputs.append(try OutputReference.parse(text, workingDirectory: workingDirectory))
            } catch {
                problems.append("\(OutputChoice.flag): \(error.message)")
            }
        }
        if flags.outputs.count > OutputsSection.maximumOutputs {
            problems.append("\(OutputChoice.flag): given more than \(OutputsSection.maximumOutputs) times")
        }
        guard problems.isEmpty else {
            throw Failure(.usage, problems: problems, hint: "'auditferry run --help' shows what each flag takes")
        }
    }

    private static func value<Value>(
        _ flag: String, _ text: String?, _ rule: ValueRule<Value>, _ problems: inout [String]
    ) -> Value? {
        guard let text else { return nil }
        if let value = rule.parse(text) { return value }
        problems.append("\(flag): \(Quoted.value(text)) \(rule.refusal(text))")
        return nil
    }
}
