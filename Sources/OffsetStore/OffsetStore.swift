import AuditCore
import Engine
import NIOPosix

/// The ledgers of all outputs in one SQLite database, written by one transaction a commit.
///
/// Its calls run on a thread of its own, one after the other; a call that is cancelled while it waits is still done.
public final class OffsetStore: Store, Sendable {
    private let path: String
    private let thread: NIOThreadPool
    private let connection: Connection
    private let lock: InstanceLock?

    /// Only ever touched on the thread.
    private final class Connection: @unchecked Sendable {
        /// `nil` once closed.
        var database: Database?
        init(_ database: Database) { self.database = database }
    }

    /// How a program wants the file.
    public enum Access: Sendable {
        /// Alone: creates what is missing, and keeps a second instance out.
        case exclusive
        /// Beside a running instance, reading only.
        case readOnly
    }

    /// Opens the offset file, and makes its directory if that is missing (mode 0700). To be closed by ``close()``.
    /// - Throws: `Failure` with code `offsets` or `locked`.
    public init(path: String, access: Access = .exclusive) throws(Failure) {
        self.path = path
        switch access {
        case .exclusive:
            try OffsetFile.makeDirectory(of: path)
            lock = try InstanceLock(path: path)
        case .readOnly:
            lock = nil
        }
        do {
            connection = Connection(try OffsetFile.open(path, access: access))
        } catch {
            lock?.release()
            throw error
        }
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
    }

    /// Whether there is a file to open.
    public static func exists(_ path: String) -> Bool { OffsetFile.exists(path) }

    /// Waits for what is under way, and lets another instance in. To be called once; nothing may be called afterwards.
    public func close() async {
        let connection = connection
        try? await thread.runIfActive { connection.database = nil }
        try? await thread.shutdownGracefully()
        lock?.release()
    }

    /// Closes the file and removes it, with everything beside it. To be called once, instead of `close`.
    public func closeAndRemove() async {
        let (connection, path) = (connection, path)
        try? await thread.runIfActive {
            connection.database = nil
            OffsetFile.remove(path)
        }
        await close()
    }

    public func ledger(of output: String) async throws -> Ledger? {
        try await run { try $0.ledger(of: output) }
    }

    public func acknowledged(by output: String, in interval: Interval) async throws -> [AcknowledgedBatch] {
        try await run { try $0.acknowledged(by: output, in: interval) }
    }

    public func commit(_ change: LedgerChange) async throws {
        try await run { try $0.commit(change) }
    }

    /// The outputs that ever began, by name.
    public func outputs() async throws -> [String] {
        try await run { try $0.outputs() }
    }

    /// How many acknowledged ids are kept for an output.
    public func idCount(of output: String) async throws -> Int {
        try await run { try $0.idCount(of: output) }
    }

    /// Forgets everything from `instant` on, so that it is read and delivered again. An output that began later begins at `instant`.
    /// - Throws: `Failure` with code `data` where the output never began.
    public func rewind(_ output: String, to instant: Instant) async throws {
        try await run { try $0.rewind(output, to: instant) }
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let connection = connection
        do {
            return try await thread.runIfActive {
                guard let database = connection.database else { throw CancellationError() }
                return try work(database)
            }
        } catch let error as SQLiteError where error.isCorruption {
            throw OffsetFailures.corrupt(path, error.message)
        }
    }
}
