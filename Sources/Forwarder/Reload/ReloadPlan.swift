import AuditCore
import Outputs

/// What a new configuration changes in a run.
struct ReloadPlan: Equatable {
    /// The API is connected to anew, and so every output goes on with another tail.
    var readsAnew: Bool
    /// Outputs that are no longer there.
    var removed: Set<String>
    /// Outputs whose tail is another one, in the order of the configuration: changed ones go on where they have committed.
    var restarted: [String]
    /// Outputs that were not there.
    var begun: [String]
}

extension ReloadPlan {
    /// - Throws: `Failure` with code `configuration` where only another start can bring a change about.
    init(from old: ForwarderConfiguration, to new: ForwarderConfiguration) throws(Failure) {
        try ReloadPlan.demandSame(old, new)
        let readsAnew = old.genesys != new.genesys || old.tail.readsAsynchronous != new.tail.readsAsynchronous
        let isTailChanged = old.tail != new.tail || old.keepIDs != new.keepIDs
        let names = Set(new.outputs.map(\.name))
        let removed = Set(old.outputs.map(\.name)).subtracting(names)
        let before = Dictionary(uniqueKeysWithValues: old.outputs.map { ($0.name, $0) })
        let begun = new.outputs.map(\.name).filter { before[$0] == nil }
        let changesAll = readsAnew || isTailChanged
        let restarted = new.outputs.filter { output in
            before[output.name].map { changesAll || $0 != output } ?? false
        }.map(\.name)
        self.init(readsAnew: readsAnew, removed: removed, restarted: restarted, begun: begun)
    }

    private static func demandSame(_ old: ForwarderConfiguration, _ new: ForwarderConfiguration) throws(Failure) {
        var problems: [String] = []
        if old.source != new.source {
            // Without it other defaults would hold: nothing that an operator means by a reload.
            problems.append("'\(old.source ?? "no file")' was the configuration, and '\(new.source ?? "no file")' would be now")
        }
        if old.offsetsPath != new.offsetsPath {
            problems.append("offsets.path: '\(new.offsetsPath)' is another offset file than '\(old.offsetsPath)'")
        }
        if old.http != new.http { problems.append("http.listen: is not what it was when the run started") }
        guard !problems.isEmpty else { return }
        throw Failure(
            .configuration, problems: problems, hint: "these keys are read when a run starts: restart, or leave them as they were"
        )
    }
}
