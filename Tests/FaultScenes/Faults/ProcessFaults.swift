import AuditCore
import Foundation
import Simulator

/// The program itself is stopped, at moments that nobody has chosen.
extension Fault {
    package static let processes = [
        Fault("sigkill", "SIGKILL at 20 random moments, in all rings, to tcp and file", repeats: .uncommitted) {
            try await stopped(by: SIGKILL, &$0)
        },
        Fault("sigterm", "SIGTERM at 20 random moments, in all rings, to tcp and file", isLong: true) {
            try await stopped(by: SIGTERM, &$0)
        },
        Fault("outage", "nothing runs for 20 days, longer than realtime reaches back") { try await outage(&$0) },
    ]

    private struct Stop {
        let reading: Installation.Reading
        let runs: Duration
        let pauses: Duration

        init(_ random: inout SplitMix) {
            reading = [.sweeping, .reconciling].randomElement(using: &random) ?? .sweeping
            runs = .milliseconds(Int.random(in: 0...1500, using: &random))
            pauses = .seconds(Int.random(in: 0...60, using: &random))
        }
    }

    /// Three days are caught up with, in queries of many pages, which take a while; new audits flow, and some show up after the overlap.
    private static func stopped(by signal: Int32, _ random: inout SplitMix) async throws -> Outcome {
        let stops = (0..<20).map { _ in Stop(&random) }
        var organization = try Scene.organization(
            events: 20_000, seed: random.next(), faults: "late fraction=0.1 delay=5m")
        organization.history = .seconds(3 * 86_400)
        organization.eventsPerSecond = 20
        organization.asynchronousDelay = .milliseconds(50)
        return try await Scene.with(organization) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(
                    scene, .sweeping, since: "4d",
                    to: ["archive": ArchiveFile(scene.path("archive.ndjson")), "collector": receiver])
                for stop in stops {
                    try installation.configure(stop.reading)
                    try await installation.run { program in
                        // Part of the fault: the moment is not tied to what happens.
                        try await Task.sleep(for: stop.runs)
                        program.send(signal)
                        // A second SIGTERM would be another fault.
                        try await program.status()
                    }
                    installation.heals()
                    try await installation.remember()
                    scene.clock.advance(by: stop.pauses)
                }
                try installation.configure(.sweeping)
                try await installation.run { _ in try await installation.recovers() }
                try await installation.demandNoGaps()
                return try installation.outcome()
            }
        }
    }

    private static func outage(_ random: inout SplitMix) async throws -> Outcome {
        var organization = try Scene.organization(events: 200, seed: random.next())
        organization.eventsPerSecond = 0.002
        organization.asynchronousDelay = .zero
        return try await Scene.with(organization) { scene in
            try await LineReceiver.with { receiver in
                let installation = try Installation(scene, .sweeping, to: ["collector": receiver])
                try await installation.run { _ in try await installation.everythingArrives() }
                try await installation.remember()
                scene.clock.advance(by: .seconds(20 * 86_400))
                installation.heals()
                try await installation.run { _ in try await installation.recovers() }
                try await installation.demandNoGaps()
                return try installation.outcome()
            }
        }
    }
}
