import Foundation

extension Route {
    /// How fast audits went a way.
    package struct Throughput: Sendable {
        package let sender: String
        package let audits: Int
        /// From the start of the sender until the receiver had stored all of them.
        package let duration: Duration

        package var perSecond: Int { Int(Double(audits) / (duration / .seconds(1))) }
    }

    /// The program reads so many audits from a simulated organization in this process, and the receiver stores them; then others deliver the
    /// same audits to the same receiver.
    /// - Returns: the program's first.
    package func throughput(audits: Int) async throws -> [Throughput] {
        try await Scene.with(try Scene.organization(events: audits)) { scene in
            let authority = try await CertificateAuthority(in: scene.path("certificates"))
            let place = Place(directory: scene.path("receiver"), storage: scene.path("receiver"), authority: authority)
            let (receiver, address) = try await make(place)
            return try await receiver.living { receiver in
                let installation = try Installation(
                    scene, to: ["receiver": ReceiverCollector(receiver, definition: output(Route.key(of: address), authority))],
                    in: receiver.namespace)
                let count = installation.due.count
                var results = [
                    try await Route.timed("auditferry", count, to: receiver) { try await installation.runOnce() }
                ]
                guard case .port(let port) = address else { return results }
                let messages = try receiver.events.map { reference.isRaw ? $0["raw"]?.string ?? $0.message : $0.message }
                for sender in reference.senders(to: port) {
                    results.append(try await sender.send(messages, in: scene.path(sender.directory), to: receiver))
                }
                return results
            }
        }
    }

    static func timed(
        _ sender: String, _ count: Int, to receiver: any Receiver, _ send: @Sendable () async throws -> Void
    ) async throws -> Throughput {
        let before = receiver.deliveries.count
        let start = ContinuousClock.now
        try await send()
        while receiver.deliveries.count < before + count {
            // How often it is looked at; little beside what is measured.
            try await Task.sleep(for: .milliseconds(5))
        }
        return Throughput(sender: sender, audits: count, duration: .now - start)
    }
}
