import AuditCore
import Engine
import NIOConcurrencyHelpers

/// How many audits a demonstration still delivers.
public final class CountLimit: Sendable {
    private let rest: NIOLockedValueBox<Int>
    private let onReached: @Sendable () -> Void

    /// - Parameter onReached: called when the last audit was acknowledged.
    public init(_ count: Int, onReached: @escaping @Sendable () -> Void) {
        rest = NIOLockedValueBox(count)
        self.onReached = onReached
    }

    func take(_ wanted: Int) -> Int {
        rest.withLockedValue { rest in
            defer { rest -= min(rest, wanted) }
            return min(rest, wanted)
        }
    }

    /// What was taken comes again.
    func giveBack(_ count: Int) { rest.withLockedValue { $0 += count } }

    func acknowledged() { if rest.withLockedValue({ $0 == 0 }) { onReached() } }
}

/// An output for demonstrations: delivers the first audits, and takes the rest without delivering them. Never for a run whose offsets
/// anybody keeps.
public struct FirstAudits: Output {
    private let output: any Output
    private let limit: CountLimit

    public init(of output: any Output, limit: CountLimit) {
        self.output = output
        self.limit = limit
    }

    public var guarantee: Guarantee { output.guarantee }
    public var window: Int { 1 }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let count = limit.take(batch.audits.count)
        guard count > 0 else { return answer(.acknowledged) }
        let first = Batch(
            sequence: batch.sequence, page: batch.page, audits: Array(batch.audits.prefix(count)),
            isRecord: batch.isRecord)
        await output.deliver(first) { reply in
            guard case .refusedForNow = reply else {
                answer(reply)
                return limit.acknowledged()
            }
            limit.giveBack(count)
            answer(reply)
        }
    }

    public func reopen() async { await output.reopen() }
    public func drain() async { await output.drain() }
    public func close() async { await output.close() }
}
