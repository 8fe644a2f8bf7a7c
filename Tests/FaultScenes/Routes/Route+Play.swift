import AuditCore
import Foundation

extension Route {
    /// Much longer than any of them takes, on a busy machine as well.
    private static let patience = Duration.seconds(480)
    /// How long a receiver stores nothing more before what it has stored is all.
    private static let quiet = Duration.seconds(3)
    /// How long a receiver does nothing, or the way to it.
    private static let standstill = Duration.seconds(3)
    /// Of one who has to run out of room.
    private static let mebibytes = 96
    private static let audits = 10_000
    private static let lastSeconds = Duration.seconds(60)

    /// Plays a fault, in a directory of its own, which goes with it.
    /// - Throws: what went otherwise than the fault's story says.
    package func play(_ fault: RouteFault, seed: UInt64) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await course(of: fault, SplitMix(seed: seed)) }
            group.addTask {
                try await Task.sleep(for: Route.patience)
                return nil
            }
            guard let outcome = try await group.next() ?? nil else { throw SceneFailure("it took longer than \(Route.patience)") }
            return outcome
        }
    }

    private func course(of fault: RouteFault, _ random: SplitMix) async throws -> Outcome {
        var random = random
        var organization = try Scene.organization(events: Route.audits, seed: random.next())
        organization.eventsPerSecond = 20
        let limits = fault == .resets ? (0..<10).map { _ in Int.random(in: 0..<1_000_000, using: &random) } : []
        let (moments, authorityName) = (random, "certificates")
        return try await Scene.with(organization) { scene in
            let authority = try await CertificateAuthority(in: scene.path(authorityName))
            return try await storage(for: fault, in: scene) { storage, disk in
                let place = Place(directory: scene.path("receiver"), storage: storage, authority: authority)
                let (receiver, address) = try await make(place)
                return try await receiver.living { receiver in
                    try await way(to: address, under: fault, limits) { address, proxy in
                        let trouble = RouteTrouble(
                            scene: scene, receiver: receiver, authority: authority, proxy: proxy, disk: disk, random: moments)
                        return try await follow(fault, trouble, output(address, authority))
                    }
                }
            }
        }
    }

    /// The program follows the organization, something goes wrong, and then all is well again until everything is committed.
    private func follow(_ fault: RouteFault, _ trouble: RouteTrouble, _ output: String) async throws -> Outcome {
        let collector = ReceiverCollector(trouble.receiver, definition: output)
        let installation = try Installation(trouble.scene, to: ["receiver": collector], in: trouble.receiver.namespace)
        try await installation.run { program in
            try await program.errorLines(containing: "reading")
            try await trouble.happens(fault, during: Route.standstill)
        }
        let due = installation.due
        // A run that ends by itself stops short of the last seconds.
        trouble.scene.clock.advance(by: Route.lastSeconds)
        try await installation.runOnce()
        try await settle(trouble.receiver, due, promised: promises(under: fault))
        if let proxy = trouble.proxy, fault == .resets { try demand(proxy.resets > 3, "there were \(proxy.resets) resets") }
        return try installation.outcome(due: due)
    }

    /// Returns when everything has been stored that is due, or nothing more comes where something may be missing: the program has ended by now.
    private func settle(_ receiver: any Receiver, _ due: Set<String>, promised: Bool) async throws {
        var (position, changed) = (-1, ContinuousClock.now)
        while !due.isSubset(of: receiver.deliveries.map(\.id)) {
            if receiver.position != position { (position, changed) = (receiver.position, .now) }
            if !promised, .now - changed > Route.quiet { return }
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func storage<Value: Sendable>(
        for fault: RouteFault, in scene: Scene, _ body: (String, Disk?) async throws -> Value
    ) async throws -> Value {
        let path = scene.path("stored")
        if fault == .full { return try await Disk.inMemory(at: path, mebibytes: Route.mebibytes) { try await body(path, $0) } }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return try await body(path, nil)
    }

    private func way<Value: Sendable>(
        to address: Address, under fault: RouteFault, _ limits: [Int], _ body: (String, FaultProxy?) async throws -> Value
    ) async throws -> Value {
        guard case .port(let port) = address, [.resets, .standstill].contains(fault) else {
            return try await body(Route.key(of: address), nil)
        }
        return try await FaultProxy.with(to: port, limits: limits) { try await body(Route.key(of: .port($0.port)), $0) }
    }

    /// As the configuration says it.
    static func key(of address: Address) -> String {
        switch address {
        case .socket(let path): "path: \(path)"
        case .port(let port): "address: \"127.0.0.1:\(port)\""
        case .unnamed: ""
        }
    }
}
