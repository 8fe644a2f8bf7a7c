import AuditCore
import Engine
import EngineTesting
import NIOConcurrencyHelpers

/// A source whose answers take a minute of a clock that the test moves.
final class SlowSource: AuditSource {
    static let duration = Duration.seconds(60)

    private struct State {
        var requests: [ReadRequest] = []
        var lookups = 0
        var cancelled = 0
        var lingers = false
    }

    let clock = VirtualClock()
    private let failure: ReadFailure?
    private let state = NIOLockedValueBox(State())

    /// - Parameter failure: of every read.
    init(failure: ReadFailure? = nil) { self.failure = failure }

    var requests: [ReadRequest] { state.withLockedValue { $0.requests } }
    var lookups: Int { state.withLockedValue { $0.lookups } }
    /// The reads and look-ups that ended by cancellation.
    var cancelled: Int { state.withLockedValue { $0.cancelled } }

    /// Whether a read that is cancelled takes its time to end.
    var lingers: Bool {
        get { state.withLockedValue { $0.lingers } }
        set { state.withLockedValue { $0.lingers = newValue } }
    }

    func lanes() async throws(ReadFailure) -> [Lane] {
        state.withLockedValue { $0.lookups += 1 }
        try await pass()
        return [.all]
    }

    func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        let number = state.withLockedValue { state in
            state.requests.append(request)
            return state.requests.count
        }
        try await pass()
        if let failure { throw failure }
        return PageReading(page: .empty, rest: .numbered(total: number, pageCount: nil, pageSize: nil))
    }

    func serverNow() -> Instant? { Instant(seconds: 1_800_000_000) }

    private func pass() async throws(ReadFailure) {
        do { try await clock.sleep(until: clock.now() + SlowSource.duration) } catch {
            await eventually { !lingers }
            state.withLockedValue { $0.cancelled += 1 }
            throw .cancelled
        }
    }
}
