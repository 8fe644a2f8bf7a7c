import AuditCore
import OffsetStore

/// What an offset file keeps of an output; nothing where there is no file yet.
func committedIDs(of output: String, in path: String) async throws -> Set<String> {
    guard OffsetStore.exists(path) else { return [] }
    let store: OffsetStore
    do {
        store = try OffsetStore(path: path, access: .readOnly)
    } catch {
        // Killed before the tables were made.
        guard error.message.contains("does not exist") else { throw error }
        return []
    }
    let batches = try await store.acknowledged(by: output, in: Interval(.distantPast, .distantFuture))
    await store.close()
    return Set(batches.flatMap(\.ids).map(\.description))
}
