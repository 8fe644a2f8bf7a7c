/// Brings the faults of a way about, each until its end.
struct RouteTrouble: Sendable {
    /// How much time passes at once in the organization, at every step of a fault.
    private static let meanwhile = Duration.seconds(200)
    private static let rounds = 3

    let scene: Scene
    let receiver: any Receiver
    let authority: CertificateAuthority
    let proxy: FaultProxy?
    let disk: Disk?
    let random: SplitMix

    func happens(_ fault: RouteFault, during standstill: Duration) async throws {
        switch fault {
        case .killed: try await again { try await receiver.kill() }
        case .restarted: try await again { try await receiver.stop() }
        case .resets: for _ in 0..<RouteTrouble.rounds { try await passes(.milliseconds(500)) }
        case .stopped:
            receiver.pause()
            try await passes(standstill)
            receiver.resume()
        case .stoppedAndKilled:
            receiver.pause()
            try await passes(standstill)
            try await receiver.kill()
            try await receiver.start()
        case .standstill:
            proxy?.stand()
            try await passes(standstill)
            proxy?.goOn()
        case .certificate: try await shown([authority.otherServer, authority.unknownServer])
        case .full:
            try disk?.fill()
            try await passes(.seconds(2))
            try disk?.makeRoom()
            // Some do not survive it, and somebody starts them again.
            if receiver.hasEnded {
                try await receiver.kill()
                try await receiver.start()
            }
        }
        scene.clock.advance(by: RouteTrouble.meanwhile)
    }

    /// Ends the receiver at random moments, and starts it again.
    private func again(_ end: () async throws -> Void) async throws {
        var random = random
        for _ in 0..<RouteTrouble.rounds {
            try await passes(.milliseconds(Int.random(in: 0...1500, using: &random)))
            try await end()
            try await passes(.milliseconds(Int.random(in: 0...500, using: &random)))
            try await receiver.start()
        }
    }

    private func shown(_ identities: [CertificateAuthority.Identity]) async throws {
        try await passes(.milliseconds(500))
        for identity in identities {
            try await receiver.stop()
            receiver.present(identity)
            try await receiver.start()
            let position = receiver.position
            try await passes(.seconds(1))
            try demand(receiver.position == position, "something was delivered to a receiver with a wrong certificate")
        }
        try await receiver.stop()
        receiver.present(authority.server)
        try await receiver.start()
    }

    /// Part of the fault: the moment is not tied to what happens.
    private func passes(_ duration: Duration) async throws {
        scene.clock.advance(by: RouteTrouble.meanwhile)
        try await Task.sleep(for: duration)
    }
}
