import Foundation

/// A TCP collector as a process of its own, which can be stopped, killed and started again, and writes what it gets to a file.
package final class CollectorProcess: Collector {
    private let port: ReservedPort
    private let file: ArchiveFile

    /// It listens nowhere before it is `started`.
    package init(writingTo path: String) throws {
        port = try ReservedPort()
        file = ArchiveFile(path)
    }

    package var definition: String { Self.tcp(port.number) }
    package var deliveries: [Delivery] { get throws { try file.deliveries } }
    package var position: Int { get throws { try file.position } }
    package func received(_ wanted: Set<String>) async throws { try await file.received(wanted) }

    /// Runs `body` beside the process, which has gone in any case afterwards.
    package func started(_ body: @escaping @Sendable (Program) async throws -> Void) async throws {
        let arguments = ["collect", "\(port.number)", file.path]
        try await Program.with(arguments, script: #"exec "${0%/*}/auditferry-faults" "$@""#) { process in
            try await process.outputLines(1)
            try await body(process)
        }
    }
}
