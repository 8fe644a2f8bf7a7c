/// A receiver as it is used in the field, in a process of its own.
package protocol Receiver: Sendable {
    /// Starts it, for the first time or anew, on the same port. Returns when it can be connected to.
    func start() async throws
    /// Ends it in order (SIGTERM), after 5 s at once, and returns when it has gone.
    func stop() async throws
    /// Ends it at once (SIGKILL), and returns when it has gone.
    func kill() async throws
    /// Whether it was started and has ended by itself.
    var hasEnded: Bool { get }
    /// It does nothing more (SIGSTOP), while its kernel goes on taking what comes.
    func pause()
    /// It goes on (SIGCONT).
    func resume()
    /// What it shows to clients from its next start on, over TLS.
    func present(_ identity: CertificateAuthority.Identity)
    /// What it has stored by now, whole events alone, in order.
    var events: [StoredEvent] { get throws }
    /// What it has stored, as soon as that are so many events.
    func received(_ count: Int) async throws -> [StoredEvent]
    /// The audits in it; what came twice stands there twice. A delivery's position is the byte after its event.
    var deliveries: [Delivery] { get }
    /// What it stores from now on has a later position.
    var position: Int { get }
    /// Returns when it has stored all of these ids, or when the task is cancelled.
    func received(_ wanted: Set<String>) async throws
    /// What a shell begins a command with that is to reach it; `nil` where every command does.
    var namespace: String? { get }
}

extension Receiver {
    package var namespace: String? { nil }
}

/// What receivers have in common that are a process and a file of events.
protocol StoringReceiver: Receiver {
    var process: ReceiverProcess { get }
    var file: EventFile { get }
}

extension StoringReceiver {
    package func stop() async throws { try await process.stop() }
    package func kill() async throws { try await process.kill() }
    package var hasEnded: Bool { process.hasEnded }
    package func pause() { process.pause() }
    package func resume() { process.resume() }
    package var events: [StoredEvent] { get throws { try file.events() } }
    package func received(_ count: Int) async throws -> [StoredEvent] { try await file.received(count) }
    package var deliveries: [Delivery] { file.deliveries }
    package var position: Int { file.position }
    package func received(_ wanted: Set<String>) async throws { try await file.received(wanted) }
}

extension Receiver {
    /// Returns when it has read all connections to one of its ports to their ends, and closed them.
    package func readsEverything(from port: Int) async throws {
        while ListeningSocket.isConnected(to: port) {
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Runs `body` while it lives; it has gone in any case afterwards.
    package func living<Value: Sendable>(_ body: @Sendable (Self) async throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            try await start()
            result = .success(try await body(self))
        } catch { result = .failure(error) }
        try await kill()
        return try result.get()
    }
}
