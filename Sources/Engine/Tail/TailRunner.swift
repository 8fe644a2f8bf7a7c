import AuditCore

/// Sees what a tail does, for logs, metrics and progress. Called from the tail's own task, in order; must not block.
public protocol TailObserver: Sendable {
    func tail(_ output: String, reported report: TailReport)
    func tail(_ output: String, stands status: TailStatus)
}

/// Does what a `Tail` decides: one output, from the source to the ledger on disk.
public final class TailRunner: Sendable {
    private let settings: TailSettings
    private let source: any AuditSource
    private let store: any Store
    private let output: any Output
    private let deadLetters: any DeadLetters
    private let clock: any EngineClock
    private let observer: any TailObserver
    private let events: AsyncStream<TailEvent>
    private let send: AsyncStream<TailEvent>.Continuation

    public init(
        settings: TailSettings, source: any AuditSource, store: any Store, output: any Output,
        deadLetters: any DeadLetters, clock: any EngineClock, observer: any TailObserver
    ) {
        self.settings = settings
        self.source = source
        self.store = store
        self.output = output
        self.deadLetters = deadLetters
        self.clock = clock
        self.observer = observer
        // Unbounded, and yet bounded: a tail is owed one event an action, and has a fixed number of actions under way.
        (events, send) = AsyncStream.makeStream(of: TailEvent.self)
    }

    /// Reads no more, delivers and commits what was read, and lets `run` return. May be called at any time, from anywhere.
    public func stop() { send.yield(.stopped) }

    /// Runs until everything that the settings ask for is delivered and committed, or until `stop`.
    ///
    /// The source must know the server's time already. Cancellation returns at once; what is not committed will be read again.
    /// - Throws: `Refusal` where the output can never take anything again.
    public func run(from ledger: Ledger) async throws {
        var tail = Tail(settings: settings, ledger: ledger, window: output.window)
        let refusal = await withDiscardingTaskGroup(returning: Refusal?.self) { group in
            let (deliveries, deliver) = AsyncStream.makeStream(of: Delivery.self)
            group.addTask { await self.perform(deliveries) }
            send.yield(.started)
            // The deadlines that are slept for: each new one is earlier than all of them, so that they stay few.
            var alarms: Set<Duration> = []
            for await event in events {
                let now = clock.now()
                if case .woken = event { alarms = alarms.filter { $0 > now } }
                let actions = tail.handle(event, at: Moment(clock: now, server: source.serverNow() ?? ledger.start))
                for action in actions {
                    switch action {
                    case .deliver(let batch): deliver.yield(.batch(batch))
                    case .drain: deliver.yield(.drain)
                    case .wake(let deadline):
                        guard alarms.allSatisfy({ deadline < $0 }) else { continue }
                        alarms.insert(deadline)
                        group.addTask { await self.wake(at: deadline) }
                    case .report(let report): observer.tail(settings.output, reported: report)
                    case .finish(let refusal):
                        observer.tail(settings.output, stands: tail.status)
                        group.cancelAll()
                        return refusal
                    default: group.addTask { await self.perform(action) }
                    }
                }
                observer.tail(settings.output, stands: tail.status)
            }
            group.cancelAll()
            return nil
        }
        if let refusal { throw refusal }
    }

    private func wake(at deadline: Duration) async {
        if (try? await clock.sleep(until: deadline)) != nil { send.yield(.woken) }
    }

    private func perform(_ action: TailAction) async {
        switch action {
        case .findLanes:
            send.yield(.lanes(await result { () async throws(ReadFailure) in try await source.lanes() }))
        case .read(let ring, let request):
            send.yield(.read(ring, await result { () async throws(ReadFailure) in try await source.read(request) }))
        case .load(let ring, let interval):
            let batches = await attempt { try await store.acknowledged(by: settings.output, in: interval) }
            send.yield(.loaded(ring, interval, batches))
        case .commit(let change):
            send.yield(.committed(await attempt { try await store.commit(change) }))
        case .setApart(let batch, let reason):
            await setApart(batch, reason: reason)
        case .deliver, .drain, .wake, .report, .finish:
            preconditionFailure("this action belongs to the loop")
        }
    }

    /// What the output is called for, in order.
    private enum Delivery {
        case batch(Batch)
        case drain
    }

    private func perform(_ deliveries: AsyncStream<Delivery>) async {
        for await delivery in deliveries {
            switch delivery {
            case .batch(let batch):
                await output.deliver(batch) { self.send.yield(.answered(sequence: batch.sequence, $0)) }
                send.yield(.taken)
            case .drain: await output.drain()
            }
        }
    }

    private func setApart(_ batch: Batch, reason: String) async {
        defer { send.yield(.taken) }
        do {
            try await deadLetters.keep(batch.audits, of: batch.page, reason: reason)
            send.yield(.answered(sequence: batch.sequence, .acknowledged))
        } catch {
            let refusal = Refusal("the dead letters cannot be written: \(error)")
            send.yield(.answered(sequence: batch.sequence, .refusedForNow(refusal)))
        }
    }

    private func result<Value: Sendable>(
        _ work: () async throws(ReadFailure) -> Value
    ) async -> Result<Value, ReadFailure> {
        do { return .success(try await work()) } catch { return .failure(error) }
    }

    private func attempt<Value: Sendable>(_ work: () async throws -> Value) async -> Result<Value, StoreFailure> {
        do { return .success(try await work()) } catch { return .failure(StoreFailure("\(error)")) }
    }
}
