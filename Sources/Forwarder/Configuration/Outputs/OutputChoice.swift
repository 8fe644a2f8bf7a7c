import AuditCore
import Outputs

/// Picks the outputs that run from those of the file and what the flags say.
enum OutputChoice {
    static let flag = "--output"

    /// Without references all of the file's run, and `stdout` where it has none.
    ///
    /// - Throws: every reference that names nothing, or what another one names too.
    static func choose(
        _ references: [OutputReference], from configured: [OutputDefinition], fileName: String?
    ) throws(Failure) -> [OutputDefinition] {
        guard !references.isEmpty else { return configured.isEmpty ? [stdout] : configured }
        var chosen: [OutputDefinition] = []
        var problems: [String] = []
        for reference in references {
            switch resolve(reference, configured, fileName) {
            case .success(let output) where chosen.contains { $0.name == output.name }:
                problems.append("\(flag): '\(output.name)' is given twice")
            case .success(let output) where output.isStandardOutput && chosen.contains(where: \.isStandardOutput):
                problems.append("\(flag): '\(output.name)' would cut into the lines of another output to stdout")
            case .success(let output): chosen.append(output)
            case .failure(let problem): problems.append("\(flag): \(problem.message)")
            }
        }
        guard problems.isEmpty else {
            throw Failure(.usage, problems: problems, hint: "name an output of the configuration file, or write a URL")
        }
        return chosen
    }

    private static let stdout = OutputDefinition(name: "stdout", kind: .stdout)
    /// What needs no more than its name.
    private static let ready = [stdout, OutputDefinition(name: "journald", kind: .journald(JournaldSettings()))]

    private static func resolve(
        _ reference: OutputReference, _ configured: [OutputDefinition], _ fileName: String?
    ) -> Result<OutputDefinition, OutputReference.Problem> {
        switch reference {
        case .definition(let output):
            guard !configured.contains(where: { $0.name == output.name }) else {
                return .failure(.init(message: "'\(output.name)', the name of this URL, is that of another output"))
            }
            return .success(output)
        case .named(let name):
            if let output = configured.first(where: { $0.name == name }) { return .success(output) }
            if let output = ready.first(where: { $0.name == name }) { return .success(output) }
            if NotInThisVersion.outputSchemes.contains(name) {
                return .failure(.init(message: "'\(name)' is an output that this version does not have yet"))
            }
            let question = NearestName.question(name, among: configured.map(\.name) + ready.map(\.name))
            let file =
                fileName.map { "no output of \($0)" }
                ?? "neither 'stdout' nor 'journald', and there is no configuration file to name it"
            return .failure(.init(message: "'\(name)' is \(file)\(question)"))
        }
    }
}

extension OutputDefinition {
    fileprivate var isStandardOutput: Bool {
        if case .standardOutput = kind { true } else { false }
    }
}
