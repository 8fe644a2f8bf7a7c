import Engine
import EngineTesting
import OffsetStore
import Testing

struct OffsetStoreConformanceTests {
    @Test(arguments: StoreConformance.allCases)
    func `the offset file keeps the promises of a store`(promise: StoreConformance) async throws {
        try await promise.check(OffsetFileBench())
    }

    @Test(arguments: StoreConformance.allCases)
    func `the store in memory, with which others are tested, keeps them, too`(promise: StoreConformance) async throws {
        try await promise.check(MemoryBench())
    }
}

private struct OffsetFileBench: StoreBench {
    let file: TemporaryFile

    init() throws { file = try TemporaryFile() }

    func withStore(_ work: (any Store) async throws -> Void) async throws {
        let store = try OffsetStore(path: file.path)
        do {
            try await work(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

private struct MemoryBench: StoreBench {
    let store = MemoryStore()

    func withStore(_ work: (any Store) async throws -> Void) async throws { try await work(store) }
}
