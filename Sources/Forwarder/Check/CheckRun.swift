import AuditAPI
import AuditCore
import Outputs

/// `check`: looks at everything that a run needs, and changes nothing.
///
/// Everything is looked at, whatever was found before, unless it needs what is missing. Without `connects` nothing leaves this machine, and
/// no receiver is met.
public struct CheckRun: Sendable {
    private let flags: ConfigurationFlags
    private let environment: [String: String]
    private let files: LocalFiles
    private let connects: Bool
    private let transport: any HTTPTransport

    /// - Parameters:
    ///   - flags: as those of a run.
    ///   - environment: all variables of the process.
    ///   - connects: whether the API and the receivers of the outputs are asked as well.
    ///   - transport: carries the requests; it stays the caller's to shut down.
    public init(
        flags: ConfigurationFlags, environment: [String: String], files: LocalFiles, connects: Bool,
        transport: any HTTPTransport
    ) {
        self.flags = flags
        self.environment = environment
        self.files = files
        self.connects = connects
        self.transport = transport
    }

    /// Blocks its caller while files are read. With `connects`, it takes as long as the slowest answer: at most some minutes.
    /// - Throws: `Failure` with code `usage` where the flags cannot be used: nothing was looked at.
    public func report() async throws(Failure) -> CheckReport {
        let configuration: ForwarderConfiguration
        let warnings: [String]
        do throws(Failure) {
            (configuration, warnings) = try ForwarderConfiguration.load(flags: flags, environment: environment, files: files)
        } catch {
            guard error.code != .usage else { throw error }
            let rest = CheckFinding.skipped("everything else", "needs a configuration without errors")
            return CheckReport(CheckFinding.failed("configuration", error) + [rest])
        }
        let local = await local(configuration, warnings)
        guard connects else { return CheckReport(local + notConnected(configuration)) }
        async let outputs = OutputProbes(outputs: configuration.outputs.filter(\.probeMeetsReceiver)).findings()
        async let api = APICheck(configuration: configuration, transport: transport).findings()
        return CheckReport(await local + api + outputs)
    }

    private func local(_ configuration: ForwarderConfiguration, _ warnings: [String]) async -> [CheckFinding] {
        let now = Instant.localNow
        var findings = ConfigurationCheck(configuration: configuration, warnings: warnings).findings()
        findings += [ExposureCheck.finding(configuration.http)].compactMap(\.self)
        findings += OffsetFileCheck(path: configuration.offsetsPath).findings()
        findings += DiskCheck(configuration: configuration).findings()
        for definition in configuration.outputs {
            findings += OutputCheck(definition: definition, now: now).findings()
            if !definition.probeMeetsReceiver { findings += await OutputProbes(outputs: [definition]).findings() }
        }
        return findings
    }

    private func notConnected(_ configuration: ForwarderConfiguration) -> [CheckFinding] {
        let why = "not asked without --connect"
        let outputs = configuration.outputs.filter(\.probeMeetsReceiver)
        return [.skipped("api", why)] + outputs.map { .skipped(CheckFinding.output($0.name), "\($0.destination): \(why)") }
    }
}
