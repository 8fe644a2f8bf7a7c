import AuditCore
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Outputs

/// Puts another configuration in force while a run goes on.
///
/// Nothing of the run is touched before everything that can be found wrong with the new configuration has been looked for: its keys, its
/// files, and where the API is read otherwise, the API's answer to it. An API that does not answer is waited for, while the run goes on
/// as it was.
final class Reloading: Sendable {
    /// What is in force.
    private struct Force {
        var configuration: ForwarderConfiguration
        var api: ConnectedAPI
    }

    private let load: ForwarderConfiguration.Loading
    private let outputs: RunningOutputs
    private let assemble: @Sendable (OutputDefinition, ForwarderConfiguration, ConnectedAPI) -> OutputAssembly
    private let surroundings: RunSurroundings
    private let force: NIOLockedValueBox<Force>

    /// - Parameters:
    ///   - configuration: what is in force, with the API that it reads.
    ///   - assemble: how an output of the run is put together.
    init(
        _ load: @escaping ForwarderConfiguration.Loading, configuration: ForwarderConfiguration, api: ConnectedAPI,
        outputs: RunningOutputs, surroundings: RunSurroundings,
        assemble: @escaping @Sendable (OutputDefinition, ForwarderConfiguration, ConnectedAPI) -> OutputAssembly
    ) {
        self.load = load
        self.outputs = outputs
        self.assemble = assemble
        self.surroundings = surroundings
        force = NIOLockedValueBox(Force(configuration: configuration, api: api))
    }

    /// Loads the configuration again and puts it in force, or logs why not. One call at a time. Cancelling it before the new
    /// configuration is in force leaves everything as it was.
    func reload() async {
        let logger = surroundings.logger
        do {
            let (configuration, warnings) = try await loaded()
            let before = force.withLockedValue { $0 }
            let plan = try ReloadPlan(from: before.configuration, to: configuration)
            let api = try await plan.readsAnew ? ConnectedAPI(configuration, waits: true, surroundings) : before.api
            try Task.checkCancellation()
            logger.warn(of: warnings)
            await putInForce(configuration, api, plan)
        } catch let failure as Failure {
            surroundings.telemetry?.reloaded(nil)
            logger.error(
                "the new configuration was refused; the one before stays in force",
                metadata: ["reason": "\(failure)", "hint": "\(hint(failure))"])
        } catch {
            logger.info("the reload was given up for a later one, or for the end of the run")
        }
    }

    private func hint(_ failure: Failure) -> String {
        failure.hint == ConfigurationSource.hint ? ConfigurationSource.reloadHint : failure.hint
    }

    /// - Throws: `Failure`.
    private func loaded() async throws -> (configuration: ForwarderConfiguration, warnings: [String]) {
        let load = load
        return try await NIOThreadPool.singleton.runIfActive {
            let loaded = try load()
            var problems: [String] = []
            for output in loaded.configuration.outputs {
                do throws(TLSFileFailure) {
                    try output.checkFiles()
                } catch {
                    problems.append("output '\(output.name)': \(error)")
                }
            }
            guard problems.isEmpty else {
                throw Failure(.configuration, problems: problems, hint: "put the files in order and reload again")
            }
            return loaded
        }
    }

    private func putInForce(_ configuration: ForwarderConfiguration, _ api: ConnectedAPI, _ plan: ReloadPlan) async {
        force.withLockedValue { $0 = Force(configuration: configuration, api: api) }
        surroundings.logger.change(to: configuration.log)
        api.isInForce(for: surroundings.telemetry)
        let changed = configuration.outputs.filter { plan.restarted.contains($0.name) || plan.begun.contains($0.name) }
        await outputs.change(removing: plan.removed, changed.map { assemble($0, configuration, api) })
        // What goes on as it was may deliver to a file that was moved, or with a certificate that is not the last.
        await outputs.reopen()
        for name in plan.removed { surroundings.board.remove(name) }
        surroundings.telemetry?.reloaded(configuration)
        surroundings.logger.info("the configuration was read again, and files are opened anew", metadata: plan.metadata)
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
