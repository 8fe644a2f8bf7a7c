import Foundation
import NIOConcurrencyHelpers

/// The process of a receiver, one life after the other.
final class ReceiverProcess: Sendable {
    /// How long a receiver may take to end in order. Some wait for every client to close its connection first.
    private static let patience = Duration.seconds(5)

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

    deinit { living.withLockedValue { $0 }?.send(SIGKILL) }

    /// Returns when it listens. It must not be living.
    func start() async throws {
        let program = try Program(command, environment: environment, script: #"exec "$@" >> "$RECEIVER_OUTPUT""#)
        living.withLockedValue { $0 = program }
        while !sockets.allSatisfy(\.isThere) {
            try demand(!program.hasEnded, "'\(command[0])' ended before it was ready:\n\(program.errors)")
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Ends it in order (SIGTERM), or at once where it takes its time, and returns when it has gone.
    func stop() async throws { try await end(by: SIGTERM, within: ReceiverProcess.patience) }

    /// Ends it at once (SIGKILL), and returns when it has gone.
    func kill() async throws { try await end(by: SIGKILL, within: .zero) }

    /// Whether it was started and has ended by itself.
    var hasEnded: Bool { living.withLockedValue { $0?.hasEnded ?? false } }

    /// It does nothing more (SIGSTOP), and its kernel goes on taking what comes.
    func pause() { living.withLockedValue { $0 }?.send(SIGSTOP) }

    func resume() { living.withLockedValue { $0 }?.send(SIGCONT) }

    private func end(by signal: Int32, within patience: Duration) async throws {
        let program = living.withLockedValue { living in
            defer { living = nil }
            return living
        }
        guard let program else { return }
        program.send(signal)
        // A stopped process does not act on any signal but SIGKILL.
        program.send(SIGCONT)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await program.status() }
            if patience > .zero { group.addTask { try await Task.sleep(for: patience) } }
            try await group.next()
            // Whoever waits for the status of a program kills it when it is cancelled.
            group.cancelAll()
        }
    }
}
