import Foundation
import NIOConcurrencyHelpers

/// A journald of its own as a receiver of the program's entries; what it has stored is read out of its journal by journalctl(1), which goes on
/// reading while journald comes and goes.
package final class JournaldReceiver: Receiver {
    private let journald: Journald
    private let file: EventFile
    private let reader: NIOLockedValueBox<Program?> = NIOLockedValueBox(nil)

    /// - Parameter directory: where what was read is kept; made where it is not there.
    package init(in directory: String) async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        journald = try await Journald()
        let path = directory + "/events.json"
        file = EventFile(
            path, linesStarting: #"{"__"#, message: { $0["MESSAGE"]?.string },
            audit: { ($0["MESSAGE"] as? String).flatMap(Delivery.id(ofLine:)) })
        let command = "exec \(journald.inside) journalctl -t auditferry -f -n all -o json --all --no-pager > '\(path)'"
        let program = try Program([], script: command)
        reader.withLockedValue { $0 = program }
    }

    deinit { reader.withLockedValue { $0 }?.send(SIGKILL) }

    package var namespace: String? { journald.inside }
    package var hasEnded: Bool { false }

    package func start() async throws { try await journald.start() }
    package func stop() async throws { try await journald.stop() }
    package func kill() async throws { try await journald.kill() }
    package func pause() { journald.pause() }
    package func resume() { journald.resume() }
    package func present(_ identity: CertificateAuthority.Identity) {}

    package var events: [StoredEvent] { get throws { try file.events() } }
    package func received(_ count: Int) async throws -> [StoredEvent] { try await file.received(count) }
    package var deliveries: [Delivery] { file.deliveries }
    package var position: Int { file.position }
    package func received(_ wanted: Set<String>) async throws { try await file.received(wanted) }
}
