/// Work that is asked for again and again, and of which the newest request alone is of interest.
enum NewestRequest {
    /// Prepares and finishes the work for every request, one at a time. A request cancels what is prepared for the one before; what is being
    /// finished is waited for. Returns when no request can come any more and the last work has ended, or when the task is cancelled.
    ///
    /// - Parameter prepare: returns `nil` where there is nothing to finish.
    static func serve<Prepared: Sendable>(
        _ requests: AsyncStream<Void>, prepare: @escaping @Sendable () async -> Prepared?,
        finish: @escaping @Sendable (Prepared) async -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            var before: (cancel: AsyncStream<Never>.Continuation, end: AsyncStream<Never>)?
            for await _ in requests {
                before?.cancel.finish()
                if let end = before?.end { for await _ in end {} }
                let (cancelled, cancel) = AsyncStream.makeStream(of: Never.self)
                let (end, ended) = AsyncStream.makeStream(of: Never.self)
                before = (cancel, end)
                group.addTask {
                    if let prepared = await run(prepare, until: cancelled) { await finish(prepared) }
                    ended.finish()
                }
            }
        }
    }

    /// - Returns: `nil` where it was cancelled.
    private static func run<Prepared: Sendable>(
        _ prepare: @escaping @Sendable () async -> Prepared?, until cancelled: AsyncStream<Never>
    ) async -> Prepared? {
        await withTaskGroup(of: Prepared?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await prepare() }
            group.addTask {
                for await _ in cancelled {}
                return nil
            }
            return await group.next() ?? nil
        }
    }
}
