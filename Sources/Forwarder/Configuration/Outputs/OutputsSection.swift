import AuditCore
import Formats
import Outputs

/// Reads `outputs`: a mapping from the user's own names to definitions.
enum OutputsSection {
    /// Outputs of one configuration.
    static let maximumOutputs = 64

    static let batchEvents = 1...10_000
    static let batchBytes = (1 << 10)...(64 << 20)
    static let firstRetries = Duration.milliseconds(10)...Duration.seconds(3600)
    static let mostRetries = Duration.milliseconds(10)...Duration.seconds(86_400)

    static func read(_ section: ConfigurationSection) -> [OutputDefinition] {
        guard section.entries.count <= maximumOutputs else {
            section.context.report(
                section.path, at: section.mark, "has \(section.entries.count) outputs, more than \(maximumOutputs)")
            return []
        }
        var outputs: [OutputDefinition] = []
        var files: [String: String] = [:]
        for entry in section.entries {
            let path = section.path(of: entry.key)
            if !OutputName.isValid(entry.key) {
                section.context.report(path, at: entry.mark, "the name is not 1 to 64 of the characters A-Z a-z 0-9 _ . -")
            }
            guard var item = ConfigurationSection(entry.value, path: path, context: section.context),
                let output = definition(entry.key, &item)
            else { continue }
            claimFiles(of: output, item, &files)
            outputs.append(output)
        }
        return outputs
    }

    private enum Kind: String, CaseIterable {
        case stdout, file, tcp, syslog, relp, journald
    }

    private static let kinds = ValueRule<Kind>.name(
        "an output type", Kind.allCases.map { ($0.rawValue, $0) }, later: NotInThisVersion.outputTypes)

    /// `nil` where something is wrong with it, which was reported.
    private static func definition(_ name: String, _ section: inout ConfigurationSection) -> OutputDefinition? {
        guard let type = section.node("type") else {
            section.context.report(
                section.path, at: section.mark,
                "has no 'type'; it is one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        let kind = section.context.value(type, section.path(of: "type"), kinds)
        if let kind, let taken = OutputName.reserved.first(where: { $0 == name }), taken != kind.rawValue {
            section.report("type", "an output that is named '\(name)' can only have this type")
        }
        let settings = kindSettings(kind, &section)
        var output = OutputDefinition(name: name, kind: settings ?? .stdout)
        section.value("format", .format, into: &output.format)
        output.deadLetterPath = section.value("dead_letter", .path)
        if var batch = section.section("batch") { readBatch(&batch, &output.batch) }
        if var retry = section.section("retry") { readRetry(&retry, &output.retry) }
        // What else an output of an unknown or a later type may have is not known here.
        if kind != nil { section.finish(as: "outputs.*") }
        return settings == nil ? nil : output
    }

    private static func kindSettings(_ kind: Kind?, _ section: inout ConfigurationSection) -> OutputKind? {
        switch kind {
        case nil:
            return nil
        case .stdout:
            var hasPrefixes = false
            section.value("priority_prefix", .flag, into: &hasPrefixes)
            guard hasPrefixes else { return .stdout }
            return .standardOutput(StdoutSettings(priorities: SeveritySection.read(&section)))
        case .file:
            if !section.has("path") { section.report("type", "'file' needs a 'path' beside it") }
            return section.value("path", .path).map { .file(FileSettings(path: $0)) }
        case .tcp:
            return tcp(&section).map { .tcp($0) }
        case .syslog:
            return SyslogSection.read(&section).map { .syslog($0) }
        case .journald:
            return .journald(JournaldSection.read(&section))
        case .relp:
            return RELPSection.read(&section).map { .relp($0) }
        }
    }

    private static func tcp(_ section: inout ConfigurationSection) -> TCPSettings? {
        let connection = ConnectionSection.read(&section, type: "tcp")
        var settings = TCPSettings(connection: connection ?? ConnectionSettings(addresses: []))
        section.value("framing", .cases("a framing"), into: &settings.framing)
        section.value("acknowledgement", .cases("an acknowledgement"), into: &settings.acknowledgement)
        return connection == nil ? nil : settings
    }

    private static func readBatch(_ section: inout ConfigurationSection, _ limits: inout BatchLimits) {
        section.value("events", .number(batchEvents), into: &limits.events)
        section.value("bytes", .size(batchBytes), into: &limits.bytes)
        section.finish(as: "outputs.*.batch")
    }

    private static func readRetry(_ section: inout ConfigurationSection, _ limits: inout RetryLimits) {
        section.value("first", .duration(firstRetries), into: &limits.first)
        section.value("most", .duration(mostRetries), into: &limits.most)
        section.finish(as: "outputs.*.retry")
        if limits.first > limits.most {
            let key = section.has("most") ? "most" : "first"
            section.report(key, "'first' is \(limits.first.text), longer than 'most', which is \(limits.most.text)")
        }
    }

    /// Stands among the files; no path is empty.
    private static let standardOutput = ""

    /// Two outputs that write one file, or standard output, would cut into each other's lines.
    private static func claimFiles(
        of output: OutputDefinition, _ section: ConfigurationSection, _ claimed: inout [String: String]
    ) {
        var paths: [(key: String, path: String)] = []
        if case .file(let settings) = output.kind { paths.append(("path", settings.path)) }
        if let path = output.deadLetterPath { paths.append(("dead_letter", path)) }
        if case .standardOutput = output.kind {
            if let owner = claimed[standardOutput] {
                section.report("type", "standard output is \(owner) already")
            } else {
                claimed[standardOutput] = section.path
            }
        }
        for (key, path) in paths {
            let normal = OutputName.normalized(path)
            if let owner = claimed[normal] {
                section.report(key, "the same file as \(owner)")
            } else {
                claimed[normal] = section.path(of: key)
            }
        }
    }
}
