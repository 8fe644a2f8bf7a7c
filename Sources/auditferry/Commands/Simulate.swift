import ArgumentParser
import AuditCore
import Forwarder
import Glibc
import Simulator

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves a simulated Genesys Cloud audit API over HTTP, with faults on request.",
        discussion: """
            Example: an organization with 50000 audits in the last hour, some of which \
            show up late:

              auditferry simulate --port 8080 --events 50000 --faults late,html-502

            Prints 'listening on http://127.0.0.1:PORT' when it is ready. Point a client \
            at it with GENESYSCLOUD_API_URL.

            Faults, with the defaults of their parameters; several are separated by \
            commas, or stand one a line in a file:

            \(faults)
            """)

    /// Two lines a fault, short enough that no terminal breaks them.
    private static var faults: String {
        FaultPlan.documentation.map { fault in
            "  \(fault.name)" + (fault.parameters.isEmpty ? "" : " \(fault.parameters)") + "\n      \(fault.meaning)"
        }.joined(separator: "\n")
    }

    @Option(name: .long, help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(name: .long, help: ArgumentHelp("The port to listen on; 0 picks a free one.", valueName: "port"))
    var port = 0

    @Option(name: .long, help: ArgumentHelp("Which organization: the same seed makes the same audits.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(name: .long, help: ArgumentHelp("The mean rate of new audits.", valueName: "n"))
    var eventsPerSecond: Double = 0

    @Option(name: .long, help: ArgumentHelp("How far back the audits go that exist at the start.", valueName: "duration"))
    var history = "1h"

    @Option(name: .long, help: ArgumentHelp("How many audits exist at the start.", valueName: "n"))
    var events = 1000

    @Option(
        name: .long, help: ArgumentHelp("Serve these audits, one JSON object a line, instead of made ones.", valueName: "file"))
    var audits: String?

    @Option(name: .long, help: ArgumentHelp("Faults by name, or a file of them.", valueName: "file-or-names"))
    var faults: String?

    @Option(name: .long, help: ArgumentHelp("The client id that is let in.", valueName: "id"))
    var clientID = "simulator"

    @Option(name: .long, help: ArgumentHelp("Its secret; no real one belongs here.", valueName: "secret"))
    var clientSecret = "simulator"

    @Option(name: .long, help: ArgumentHelp("How long a token lives.", valueName: "duration"))
    var tokenLifetime = "86399s"

    @Option(name: .long, help: ArgumentHelp("Requests that a token may make in a minute.", valueName: "n"))
    var requestsPerMinute = 300

    @Option(name: .long, help: ArgumentHelp("Bytes of the largest page of asynchronous results.", valueName: "n"))
    var pageByteLimit = 5_000_000

    @Option(name: .long, help: ArgumentHelp("How long an asynchronous query takes.", valueName: "duration"))
    var asynchronousDelay = "1s"

    @Option(name: .long, help: ArgumentHelp("Write every audit down here when it becomes visible, as NDJSON.", valueName: "file"))
    var truth: String?

    func run() async throws {
        let simulator = try Simulator(try organization())
        let signals = await Signals.stream()
        _ = try await Signals.stopping(signals) {
            try await simulator.run { port in
                print("listening on http://\(host):\(port)")
                fflush(nil)
            }
        }
    }

    private func organization() throws(Failure) -> SimulatorConfiguration {
        var organization = SimulatorConfiguration()
        organization.host = host
        organization.port = port
        organization.seed = seed
        organization.eventsPerSecond = eventsPerSecond
        organization.history = try duration("--history", history)
        organization.historyEvents = events
        if let audits {
            organization.audits = try content("--audits", audits)
            organization.auditsName = audits
        }
        organization.faults = try faultPlan()
        organization.clientID = clientID
        organization.clientSecret = Secret(clientSecret)
        organization.tokenLifetime = try duration("--token-lifetime", tokenLifetime)
        organization.requestsPerMinute = requestsPerMinute
        organization.pageByteLimit = pageByteLimit
        organization.asynchronousDelay = try duration("--asynchronous-delay", asynchronousDelay)
        organization.truthLogPath = truth
        return organization
    }

    private func faultPlan() throws(Failure) -> FaultPlan {
        guard let faults else { return .none }
        guard access(faults, F_OK) == 0 else { return try FaultPlan(names: faults) }
        return try FaultPlan(text: String(decoding: content("--faults", faults), as: UTF8.self), file: faults)
    }

    private func content(_ flag: String, _ path: String) throws(Failure) -> [UInt8] {
        do throws(FileProblem) {
            return try LocalFiles().read(path, limit: Simulate.largestFile).bytes
        } catch {
            throw Failure(.data, "\(flag): '\(path)' cannot be read: \(error)", hint: "name a file of at most 4 GiB")
        }
    }

    private static let largestFile = 4 << 30
}

/// A flag that is a duration.
func duration(_ flag: String, _ text: String) throws(Failure) -> Duration {
    guard let duration = Duration(text) else {
        throw Failure(.usage, "\(flag): '\(text)' is no duration", hint: "write it as 500ms, 15s, 10m, 1h or 14d")
    }
    return duration
}
