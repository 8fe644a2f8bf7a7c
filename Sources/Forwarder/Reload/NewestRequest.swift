/// Work that is asked for again and again, and of which the newest request alone is of interest.
enum NewestRequest {
    /// Does `work` for every request, one at a time: a request cancels the work for the one before, and waits for its end. Returns
    /// when no request can come any more and the last work has ended, or when the task is cancelled.
    static func serve(_ requests: AsyncStream<Void>, _ work: @escaping @Sendable () async -> Void) async {
        await withDiscardingTaskGroup { group in
            var before: (cancel: AsyncStream<Never>.Continuation, end: AsyncStream<Never>)?
            for await _ in requests {
                before?.cancel.finish()
                if let end = before?.end { for await _ in end {} }
                let (cancelled, cancel) = AsyncStream.makeStream(of: Never.self)
                let (end, ended) = AsyncStream.makeStream(of: Never.self)
                before = (cancel, end)
                group.addTask {
                    await run(work, until: cancelled)
                    ended.finish()
                }
            }
        }
    }

    private static func run(_ work: @escaping @Sendable () async -> Void, until cancelled: AsyncStream<Never>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await work() }
            group.addTask { for await _ in cancelled {} }
            // Whichever is first; then the other is not waited for any longer than a cancelled one takes.
            await group.next()
            group.cancelAll()
        }
    }
}
