import AuditCore
import Engine
import Outputs

/// What a configuration file says, on top of the defaults, before the environment and the flags are laid over it.
struct ConfigurationDraft {
    var credentials = CredentialSettings()
    var selection = AuditSelection()
    var requestsPerMinute = RequestShare.automatic
    var tail = TailConfiguration()
    var offsetsPath: String?
    var keepIDs: Duration?
    var outputs: [OutputDefinition] = []
    var log = LogSettings()
    var http: HTTPSettings?
    var shutdownTimeout = Duration.seconds(20)

    static let shutdownTimeouts = Duration.seconds(1)...Duration.seconds(600)
    static let pollIntervals = Duration.seconds(1)...Duration.seconds(3600)
    static let heartbeats = Duration.seconds(1)...Duration.seconds(86_400)
    static let idRetentions = Duration.seconds(3600)...Duration.seconds(400 * 86_400)
    static let overlaps = Duration.seconds(1)...Duration.seconds(86_400)
    static let rereadingPeriods = Duration.seconds(10)...Duration.seconds(31 * 86_400)
    static let rereadingDepths = Duration.seconds(60)...Duration.seconds(31 * 86_400)
}

extension ConfigurationDraft {
    /// Reads the whole file; whatever is wrong is reported, and the rest taken.
    init(_ document: YAMLDocument, _ context: ConfigurationContext) {
        for problem in document.problems { context.report("", at: problem.mark, problem.message) }
        guard let root = document.root, var top = ConfigurationSection(root, path: "", context: context) else { return }
        if var section = top.section("genesys") { readGenesys(&section) }
        if var section = top.section("tail") { readTail(&section) }
        if var section = top.section("http") { readHTTP(&section) }
        readDelivery(&top)
        top.finish(as: "")
    }

    /// Reads what concerns the delivery; the rest is not looked at.
    init(delivering document: YAMLDocument, _ context: ConfigurationContext) {
        for problem in document.problems { context.report("", at: problem.mark, problem.message) }
        guard let root = document.root, var top = ConfigurationSection(root, path: "", context: context) else { return }
        readDelivery(&top)
    }

    private mutating func readDelivery(_ top: inout ConfigurationSection) {
        if var section = top.section("offsets") {
            offsetsPath = section.value("path", .path)
            keepIDs = section.value("keep_ids", .duration(ConfigurationDraft.idRetentions))
            section.finish(as: "offsets")
        }
        if let section = top.section("outputs") { outputs = OutputsSection.read(section) }
        if var section = top.section("log") { readLog(&section) }
        top.value("shutdown_timeout", .duration(ConfigurationDraft.shutdownTimeouts), into: &shutdownTimeout)
    }

    private mutating func readTail(_ section: inout ConfigurationSection) {
        section.value("since", .since, into: &tail.since)
        section.value("poll_interval", .duration(ConfigurationDraft.pollIntervals), into: &tail.pollInterval)
        section.value("overlap", .duration(ConfigurationDraft.overlaps), into: &tail.overlap)
        readRereading("sweep", &section, into: &tail.sweep)
        readRereading("reconcile", &section, into: &tail.reconcile)
        readHeartbeat(&section)
        section.value("gap_records", .flag, into: &tail.recordsGaps)
        section.finish(as: "tail")
    }

    /// `off`, or a duration.
    private mutating func readHeartbeat(_ section: inout ConfigurationSection) {
        if section.isOff("heartbeat") {
            tail.heartbeat = nil
        } else if let period = section.value("heartbeat", .duration(ConfigurationDraft.heartbeats)) {
            tail.heartbeat = period
        }
    }

    /// `off`, or `{every: 10m, back: 1h}`.
    private func readRereading(
        _ key: String, _ section: inout ConfigurationSection, into target: inout TailSettings.Rereading?
    ) {
        if section.isOff(key) {
            target = nil
            return
        }
        guard var ring = section.section(key) else { return }
        var rereading = target ?? TailSettings.Rereading(every: .seconds(600), back: .seconds(3600))
        ring.value("every", .duration(ConfigurationDraft.rereadingPeriods), into: &rereading.every)
        ring.value("back", .duration(ConfigurationDraft.rereadingDepths), into: &rereading.back)
        ring.finish(as: "tail.\(key)")
        target = rereading
    }

    private mutating func readHTTP(_ section: inout ConfigurationSection) {
        if let address = section.value("listen", .address) { http = HTTPSettings(host: address.host, port: address.port) }
        section.finish(as: "http")
    }

    private mutating func readLog(_ section: inout ConfigurationSection) {
        section.value("level", .logLevel, into: &log.level)
        section.value("format", .logFormat, into: &log.format)
        section.finish(as: "log")
    }
}
