import AuditCore
import Engine
import NIOConcurrencyHelpers

/// A source that answers from an archive, unless a script says otherwise.
public final class ScriptedSource: AuditSource {
    private let archive: NIOLockedValueBox<SampleArchive>
    private let failures: NIOLockedValueBox<[ReadFailure]>
    private let requested = NIOLockedValueBox<[ReadRequest]>([])
    private let lanesToRead: [Lane]
    private let server: @Sendable () -> Instant?

    /// - Parameter failures: what the first reads fail with, one after the other.
    public init(
        _ archive: SampleArchive, lanes: [Lane] = [.all], failures: [ReadFailure] = [],
        serverNow: @escaping @Sendable () -> Instant?
    ) {
        self.archive = NIOLockedValueBox(archive)
        self.failures = NIOLockedValueBox(failures)
        lanesToRead = lanes
        server = serverNow
    }

    /// What was asked for so far.
    public var requests: [ReadRequest] { requested.withLockedValue { $0 } }

    public func lanes() async throws(ReadFailure) -> [Lane] { lanesToRead }
    public func serverNow() -> Instant? { server() }

    public func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        requested.withLockedValue { $0.append(request) }
        if let failure = failures.withLockedValue({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
        let now = server() ?? .distantPast
        let result = archive.withLockedValue { archive in
            Result { () throws(ReadFailure) in try archive.read(request, at: now) }
        }
        return try result.get()
    }
}
