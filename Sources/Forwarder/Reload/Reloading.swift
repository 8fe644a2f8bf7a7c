import AuditCore
import Logging
import OffsetStore
import Outputs

/// Puts another configuration in force while a run goes on.
///
/// Nothing of the run is touched before everything that can be found wrong with the new configuration has been looked for: its keys, its
/// files, and where the API is read otherwise, the API's answer to it. An API that does not answer is waited for, while the run goes on
/// as it was.
struct Reloading: Sendable {
    /// A configuration that can be put in force.
    struct Prepared: Sendable {
        let configuration: ForwarderConfiguration
        let api: ConnectedAPI
        let plan: ReloadPlan
    }

    let load: ForwarderConfiguration.Loading
    let force: ConfigurationInForce
    let outputs: RunningOutputs
    let store: OffsetStore
    let surroundings: RunSurroundings

    /// Loads the configuration again and looks for what can be wrong with it, or logs that. Changes nothing of the run; a cancelled one is
    /// given up.
    func prepare() async -> Prepared? {
        let logger = surroundings.logger
        do {
            let (configuration, warnings) = try await loaded()
            let before = force.current
            let plan = try ReloadPlan(from: before.configuration, to: configuration)
            var api = plan.readsAnew ? nil : before.api
            if api == nil { api = try await ConnectedAPI(configuration, waits: true, surroundings) }
            try Task.checkCancellation()
            guard let api else { return nil }
            try await demandLedgers(plan, configuration, at: api.serverNow())
            logger.warn(of: warnings)
            return Prepared(configuration: configuration, api: api, plan: plan)
        } catch let failure as Failure {
            surroundings.telemetry?.reloaded(nil)
            logger.error(
                "the new configuration was refused; the one before stays in force",
                metadata: ["reason": "\(failure)", "hint": "\(hint(failure))"])
        } catch {
            logger.info("the reload was given up for a later one, or for the end of the run")
        }
        return nil
    }

    /// Puts it in force.
    func finish(_ prepared: Prepared) async {
        let (configuration, api, plan) = (prepared.configuration, prepared.api, prepared.plan)
        surroundings.logger.change(to: configuration.log)
        surroundings.shutdownTimeout.withLockedValue { $0 = configuration.shutdownTimeout }
        api.isInForce(for: surroundings.telemetry)
        surroundings.telemetry?.reloaded(configuration)
        // Where it is the first contact, the run begins with it.
        if !force.change(to: configuration, api) {
            let changed = configuration.outputs.filter { plan.restarted.contains($0.name) || plan.begun.contains($0.name) }
            await outputs.change(
                ending: plan.removed.union(plan.restarted),
                beginning: changed.map {
                    OutputAssembly(
                        definition: $0, configuration: configuration, api: api, store: store, surroundings: surroundings)
                })
            // What goes on as it was may deliver to a file that was moved, or with a certificate that is not the last.
            await outputs.reopen()
        }
        for name in plan.removed { surroundings.board.remove(name) }
        surroundings.logger.info("the configuration was read again, and files are opened anew", metadata: plan.metadata)
    }

    /// The outputs that are to begin can: their offsets are read, and made where they are new.
    /// - Throws: `Failure`.
    private func demandLedgers(
        _ plan: ReloadPlan, _ configuration: ForwarderConfiguration, at now: Instant
    ) async throws {
        for name in plan.begun + plan.restarted {
            _ = try await store.begin(name, of: configuration, at: now)
        }
    }

    private func hint(_ failure: Failure) -> String {
        failure.hint == ConfigurationSource.hint ? ConfigurationSource.reloadHint : failure.hint
    }

    /// - Throws: `Failure`.
    private func loaded() async throws -> (configuration: ForwarderConfiguration, warnings: [String]) {
        let load = load
        do {
            return try await BoundedCall.run {
                let loaded = try load()
                try Reloading.demandFiles(of: loaded.configuration)
                return loaded
            }
        } catch let overdue as BoundedCall.Overdue {
            throw Failure(
                .configuration, "the configuration, or a file that it names, cannot be read: \(overdue)",
                hint: "look for a file system that does not answer, or a pipe in the place of a file")
        }
    }

    private static func demandFiles(of configuration: ForwarderConfiguration) throws {
        var problems: [String] = []
        for output in configuration.outputs {
            do throws(TLSFileFailure) {
                try output.checkFiles()
            } catch {
                problems.append("output '\(output.name)': \(error)")
            }
        }
        guard problems.isEmpty else {
            throw Failure(.configuration, problems: problems, hint: "put the files in order and reload again")
        }
    }
}

extension ReloadPlan {
    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        if !restarted.isEmpty { metadata["changed"] = "\(restarted.joined(separator: ","))" }
        if !begun.isEmpty { metadata["new"] = "\(begun.joined(separator: ","))" }
        if !removed.isEmpty { metadata["removed"] = "\(removed.sorted().joined(separator: ","))" }
        return metadata
    }
}
