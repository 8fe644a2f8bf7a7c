import AuditAPI
import AuditCore
import Engine
import EngineTesting
import NIOConcurrencyHelpers
import Testing

@testable import AuditReader

@Suite struct AuditReaderTests {
    @Test(arguments: [Urgency.live, .sweep, .catchUp])
    func `the urgency of a read is that of its requests`(urgency: Urgency) async throws {
        let seen = NIOLockedValueBox<[Urgency]>([])
        let transport = StubTransport { request in
            if request.endpoint != .token { seen.withLockedValue { $0.append(BudgetedTransport.urgency) } }
            return .empty(request.endpoint)
        }
        let reader = AuditReader.test(transport, clock: VirtualClock())
        let end = Instant(seconds: 1_800_000_000)
        let interval = Interval(end - .seconds(60), end)
        _ = try await reader.read(ReadRequest(lane: .all, interval: interval, position: .asynchronous(nil), urgency: urgency))
        #expect(seen.withLockedValue { $0 } == [urgency])
    }
}
