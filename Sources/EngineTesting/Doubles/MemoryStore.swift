import AuditCore
import Engine
import NIOConcurrencyHelpers

/// A store in memory, whose nth call can fail.
public final class MemoryStore: Store {
    private struct State {
        var ledgers = StoredLedgers()
        var calls = 0
        var failing: Set<Int> = []
    }

    private let state = NIOLockedValueBox(State())

    public init() {}

    /// The calls that fail, counted from 1 over all of them; nothing is changed by a call that fails.
    public func fail(calls: Set<Int>) { state.withLockedValue { $0.failing = calls } }

    public var calls: Int { state.withLockedValue { $0.calls } }
    public var contents: StoredLedgers { state.withLockedValue { $0.ledgers } }

    public func ledger(of output: String) async throws -> Ledger? {
        try call { $0.ledger(of: output) }
    }

    public func acknowledged(by output: String, in interval: Interval) async throws -> [AcknowledgedBatch] {
        try call { $0.acknowledged(by: output, in: interval) }
    }

    public func commit(_ change: LedgerChange) async throws {
        try call { try $0.commit(change) }
    }

    private func call<Value: Sendable>(_ work: (inout StoredLedgers) throws -> Value) throws -> Value {
        try state.withLockedValue { state in
            state.calls += 1
            if state.failing.contains(state.calls) { throw StoreFailure("call \(state.calls) fails") }
            return try work(&state.ledgers)
        }
    }
}
