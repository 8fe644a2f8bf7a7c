import AuditCore
import Foundation
import NIOConcurrencyHelpers
import Simulator

/// The program as it is installed for a simulated organization, and an account of what its runs delivered.
struct Installation: Sendable {
    /// What is read, and how fast.
    enum Reading: String {
        /// By the realtime endpoint alone.
        case realtime = "poll_interval: 1s, overlap: 30s, sweep: off, reconcile: off"
        /// By both endpoints; a sweep is due at every start.
        case sweeping = "poll_interval: 1s, overlap: 30s, sweep: {every: 10s, back: 1h}"
        /// By both endpoints; a reconciliation is due at every start.
        case reconciling = "poll_interval: 1s, overlap: 30s, sweep: off, reconcile: {every: 10s, back: 12h}"
    }

    private struct Account {
        var outcome = Outcome()
        var healed = ContinuousClock.now
        /// For each output, what was committed before a position.
        var committed: [(output: String, position: Int, ids: Set<String>)] = []
        var due: Set<String> = []
    }

    let scene: Scene
    let offsets: String
    private let reading: Reading
    private let since: String
    private let collectors: [String: any Collector]
    private let namespace: String?
    private let account = NIOLockedValueBox(Account())

    /// - Parameters:
    ///   - collectors: by the names of the outputs.
    ///   - since: where a first run begins.
    ///   - offsets: the offset file, in the scene's directory if it is not named.
    ///   - namespace: what a shell begins a command with that is to run where the collectors are; here where `nil`.
    init(
        _ scene: Scene, _ reading: Reading = .realtime, since: String = "20m", to collectors: [String: any Collector],
        offsets: String? = nil, in namespace: String? = nil
    ) throws {
        self.namespace = namespace
        self.scene = scene
        self.reading = reading
        self.since = since
        self.collectors = collectors
        self.offsets = offsets ?? scene.offsets
        try configure(reading)
    }

    func configure(_ reading: Reading) throws {
        let outputs = collectors.map { "  \($0.key): {\($0.value.definition)}" }.sorted()
        let text = (["tail: {since: \(since), \(reading.rawValue)}", "outputs:"] + outputs).joined(separator: "\n")
        _ = try scene.write(text + "\n", to: "auditferry.yaml")
    }

    /// What the outputs are to have by now.
    var due: Set<String> { reading == .realtime ? scene.visibleByRealtime : scene.visible }

    // MARK: Runs

    /// Runs `body` beside the program, and then ends that in order, if `body` has not.
    func run(
        _ more: [String] = [], environment: [String: String] = [:], _ body: @escaping @Sendable (Program) async throws -> Void
    ) async throws {
        let variables = scene.environment.merging(environment) { $1 }
        try await Program.with(arguments + more, environment: variables, script: script) { program in
            try await body(program)
            program.send(SIGTERM)
            let status = try await program.status()
            try demand([0, -SIGKILL, -SIGTERM].contains(status), "it ended with \(status):\n\(program.errors)")
            record(Program.Ending(status: status, output: "", errors: program.errors))
        }
    }

    /// Runs the program up to now.
    @discardableResult
    func runOnce(_ more: [String] = [], expecting statuses: Set<Int32> = [0]) async throws -> Program.Ending {
        let ended = try await Program.run(
            arguments + ["--once"] + more, environment: scene.environment, script: script)
        try demand(statuses.contains(ended.status), "it ended with \(ended.status):\n\(ended.errors)")
        record(ended)
        return ended
    }

    /// Short names, which stand in what the program says.
    private var arguments: [String] {
        ["run", "--config", "auditferry.yaml", "--offsets", offsets.replacing(scene.directory + "/", with: "")]
    }

    /// In the scene's directory, which is the same in every namespace.
    private var script: String {
        let enter = namespace.map { "\($0) --wdns='\(scene.directory)'" } ?? ""
        return #"cd '\#(scene.directory)' && exec \#(enter) "$0" "$@""#
    }

    private func record(_ ending: Program.Ending) { account.withLockedValue { $0.outcome.endings.append(ending) } }

    // MARK: Facts

    /// Nothing runs: what is committed now must not come again.
    func remember() async throws {
        for (name, collector) in collectors {
            let (position, ids) = (try collector.position, try await committedIDs(of: name, in: offsets))
            account.withLockedValue { $0.committed.append((name, position, ids)) }
        }
    }

    /// Returns when everything has come that is visible by now.
    func everythingArrives() async throws {
        let due = due
        for collector in collectors.values { try await collector.received(due) }
    }

    /// The fault ends here.
    func heals() { account.withLockedValue { $0.healed = .now } }

    /// Returns when everything has come that is visible by now, and so much later has everything recovered.
    func recovers() async throws {
        let due = due
        account.withLockedValue { $0.due = due }
        for collector in collectors.values { try await collector.received(due) }
        guard !Task.isCancelled else { return }
        account.withLockedValue { $0.outcome.recovery = .now - $0.healed }
    }

    func grew(by size: Int) { account.withLockedValue { $0.outcome.growth = size } }

    // MARK: The account

    /// Compares what came with what is true. Nothing runs any more.
    /// - Parameter due: what was to come, where that was not noted by `recovers`.
    func outcome(due: Set<String>? = nil) throws -> Outcome {
        var account = account.withLockedValue { $0 }
        account.due = due ?? account.due
        var outcome = account.outcome
        let visible = scene.visible
        for (name, collector) in collectors {
            let deliveries = try collector.deliveries
            let ids = Set(deliveries.map(\.id))
            try demand(ids.isSubset(of: visible), "'\(name)' got what nobody showed")
            outcome.audits += account.due.count
            outcome.lost += account.due.subtracting(ids).count
            outcome.duplicated += deliveries.count - ids.count
            let committed = account.committed.filter { $0.output == name }
            outcome.repeated += deliveries.count { delivery in
                committed.contains { delivery.position > $0.position && $0.ids.contains(delivery.id) }
            }
        }
        return outcome
    }
}
