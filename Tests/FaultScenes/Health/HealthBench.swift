import AuditAPI
import Foundation
import Simulator

/// The built program between an organization in which something happens all the time, a service manager and an operator's port.
struct HealthBench: Sendable {
    /// Within what time the manager wants each sign of life, as in the unit.
    static let watchdog = Duration.seconds(30)
    /// A program that answers nothing within this time is as good as one that says 503.
    private static let patience = Duration.seconds(10)
    /// How long one that goes on is looked at: the time in which a standstill has to be seen, and the watchdog's.
    private static let observation = HealthFault.bound + watchdog

    let scene: Scene
    let program: Program
    private let port: OperatorPort
    private let manager: PlayedManager

    /// Runs `body` beside a program that delivers, and is ready.
    ///
    /// - Parameters:
    ///   - outputs: of the configuration.
    ///   - url: of the API, where that is not the organization's own.
    ///   - script: starts the program as `"$0" "$@"`.
    static func with(
        _ scene: Scene, outputs: String, url: String? = nil, offsets: String? = nil, script: String? = nil,
        _ body: @escaping @Sendable (HealthBench) async throws -> HealthOutcome
    ) async throws -> HealthOutcome {
        let (port, manager) = (try OperatorPort(), try PlayedManager(at: scene.path("notify"), watchdog: watchdog))
        let configuration = try scene.write(
            """
            tail: {since: 20m}
            outputs: {siem: \(outputs)}
            \(port.section)
            """, to: "auditferry.yaml")
        var environment = scene.environment.merging(manager.variables) { $1 }
        if let url { environment["GENESYSCLOUD_API_URL"] = url }
        let arguments = ["run", "--config", configuration, "--offsets", offsets ?? scene.offsets]
        let program = try Program(arguments, environment: environment, script: script)
        let result: Result<HealthOutcome, any Error>
        do {
            let bench = HealthBench(scene: scene, program: program, port: port, manager: manager)
            try await bench.begins()
            result = .success(try await body(bench))
        } catch {
            result = .failure(SceneFailure("\(error)\n\(program.errors)"))
        }
        program.send(SIGKILL)
        _ = try await program.status()
        return try result.get()
    }

    /// Looks at what is said from now on, until it is clear.
    func observe(_ fault: HealthFault) async throws -> HealthOutcome {
        let begin = ContinuousClock.now
        var outcome = HealthOutcome()
        var sign = begin
        while ContinuousClock.now - begin < HealthBench.observation, !isClear(outcome, fault) {
            while let message = manager.take() { if message == "WATCHDOG=1" { sign = .now } }
            let now = ContinuousClock.now
            if now - sign >= HealthBench.watchdog, outcome.expired == nil { outcome.expired = now - begin }
            if outcome.unready == nil { outcome.unready = await saying("/readyz", since: begin) }
            if outcome.unhealthy == nil { outcome.unhealthy = await saying("/healthz", since: begin) }
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(200))
        }
        return outcome
    }

    private func isClear(_ outcome: HealthOutcome, _ fault: HealthFault) -> Bool {
        fault.verdict == .standstill && outcome.unready != nil && outcome.unhealthy != nil && outcome.expired != nil
    }

    private func begins() async throws {
        try await manager.messages { $0 == "READY=1" }
        try await port.get("/readyz") { $0.status == 200 }
    }

    /// - Returns: `nil` where the answer is 200.
    private func saying(_ path: String, since begin: ContinuousClock.Instant) async -> HealthOutcome.Saying? {
        let reason: String
        do {
            let answer = try await port.get(path, patience: HealthBench.patience)
            guard answer.status != 200 else { return nil }
            reason = HealthBench.reason(answer.text, isStandstill: path == "/healthz")
        } catch {
            reason = "no answer"
        }
        return HealthOutcome.Saying(after: ContinuousClock.now - begin, reason: reason)
    }

    private struct Document: Decodable {
        struct Problem: Decodable { let reason: String, kind: String }
        let problems: [Problem]
    }

    private static func reason(_ text: String, isStandstill: Bool) -> String {
        let problems = (try? JSONDecoder().decode(Document.self, from: Data(text.utf8)))?.problems ?? []
        return problems.first { $0.kind == "standstill" || !isStandstill }?.reason ?? text
    }
}
