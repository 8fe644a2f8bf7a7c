import Foundation
import NIOConcurrencyHelpers

/// The process of a receiver, one life after the other.
final class ReceiverProcess: Sendable {
    private let command: [String]
    private let environment: [String: String]
    private let sockets: [ListeningSocket]
    private let living = NIOLockedValueBox<Program?>(nil)

    /// - Parameters:
    ///   - output: the file that its standard output is appended to.
    ///   - sockets: those that it listens on once it is ready.
    init(
        _ command: [String], environment: [String: String] = [:], appendingTo output: String,
        listeningOn sockets: [ListeningSocket]
    ) {
        self.command = command
        self.environment = environment.merging(["RECEIVER_OUTPUT": output]) { $1 }
        self.sockets = sockets
    }

    /// Returns when it listens. It must not be living.
    func start() async throws {
        let program = try Program(command, environment: environment, script: #"exec "$@" >> "$RECEIVER_OUTPUT""#)
        living.withLockedValue { $0 = program }
        while !sockets.allSatisfy(\.isThere) {
            try demand(!program.hasEnded, "'\(command[0])' ended before it was ready:\n\(program.errors)")
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Ends it in order (SIGTERM), and returns when it has gone.
    func stop() async throws { try await end(by: SIGTERM) }

    /// Ends it at once (SIGKILL), and returns when it has gone.
    func kill() async throws { try await end(by: SIGKILL) }

    /// It does nothing more (SIGSTOP), and its kernel goes on taking what comes.
    func pause() { living.withLockedValue { $0 }?.send(SIGSTOP) }

    func resume() { living.withLockedValue { $0 }?.send(SIGCONT) }

    private func end(by signal: Int32) async throws {
        let program = living.withLockedValue { living in
            defer { living = nil }
            return living
        }
        guard let program else { return }
        program.send(signal)
        // A stopped process does not act on any signal but this one.
        if signal != SIGKILL { program.send(SIGCONT) }
        try await program.status()
    }
}
