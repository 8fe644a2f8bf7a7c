import AuditAPI
import AuditCore
import Engine
import EngineTesting
import InMemoryLogging
import Logging
import Testing

@testable import AuditReader

/// Refusals of the API that last longer than the window of the client's allowance, through a whole reader.
@Suite(.timeLimit(.minutes(5))) struct ParkedReadsTests {
    private static let date = "Mon, 02 Mar 2026 08:15:00 GMT"

    private let clock = VirtualClock()
    private let handler = InMemoryLogHandler()

    /// Refuses every request to an endpoint of `refused` that comes before `until`.
    private func reader(_ refused: Set<Endpoint>, until: Duration) -> (AuditReader, StubTransport) {
        let clock = clock
        let transport = StubTransport { request in
            let left = (until - clock.now()).components.seconds
            if refused.contains(request.endpoint), left > 0 {
                return APIResponse(status: 429, headers: ["retry-after": "\(left)", "date": ParkedReadsTests.date])
            }
            return .empty(request.endpoint, headers: ["date": ParkedReadsTests.date])
        }
        let logger = Logger(label: "test") { [handler] _ in handler }
        return (AuditReader.test(transport, clock: clock, logger: logger), transport)
    }

    private func request(_ position: ReadRequest.Position) -> ReadRequest {
        let end = Instant("2026-03-02T08:15:00Z")!
        return ReadRequest(lane: .all, interval: Interval(end - .seconds(60), end), position: position)
    }

    private func failure(_ reader: AuditReader, _ position: ReadRequest.Position) async -> ReadFailure? {
        do throws(ReadFailure) {
            _ = try await reader.read(request(position))
            return nil
        } catch {
            return error
        }
    }

    private func delay(_ failure: ReadFailure?) -> Duration? {
        if case .transient(_, let delay) = failure { delay } else { nil }
    }

    @Test func `a parked read fails at once, and says how long it is parked`() async {
        let (reader, transport) = reader([.realtimeQuery], until: .seconds(3600))
        #expect(delay(await failure(reader, .page(1, size: 100))) == .seconds(3600))
        clock.advance(to: .seconds(100))
        #expect(delay(await failure(reader, .page(1, size: 100))) == .seconds(3500))
        #expect(transport.requests.count { $0.endpoint == .realtimeQuery } == 1)
        clock.advance(to: .seconds(3600))
        #expect(await failure(reader, .page(1, size: 100)) == nil)
    }

    @Test func `what is not refused goes on`() async throws {
        let (reader, _) = reader([.realtimeQuery], until: .seconds(3600))
        _ = await failure(reader, .page(1, size: 100))
        #expect(await failure(reader, .asynchronous(nil)) == nil)
        _ = try await reader.client.realtimeServiceMapping()
        #expect(clock.now() == .zero)
    }

    @Test func `a parked read that fails holds nobody, however little is left`() async {
        let (reader, _) = reader([.realtimeQuery], until: .seconds(3600))
        _ = await failure(reader, .page(1, size: 100))
        clock.advance(to: .seconds(3590))
        #expect(delay(await failure(reader, .page(1, size: 100))) == .seconds(10))
        #expect(await failure(reader, .asynchronous(nil)) == nil)
        #expect(clock.now() == .seconds(3590))
    }

    @Test func `asynchronous queries are parked together, and realtime goes on`() async {
        let (reader, transport) = reader([.queryStatus], until: .seconds(86_400))
        let continuation = Continuation(transactionID: "q", cursor: nil)
        #expect(delay(await failure(reader, .asynchronous(continuation))) == .seconds(86_400))
        #expect(delay(await failure(reader, .asynchronous(nil))) == .seconds(86_400))
        #expect(await failure(reader, .page(1, size: 100)) == nil)
        #expect(transport.requests.count { $0.endpoint == .createQuery } == 0)
    }

    @Test func `a parking is said once with its end, and its end is said as loudly`() async {
        let (reader, _) = reader([.realtimeQuery], until: .seconds(3600))
        for second in [0, 1, 2, 3] {
            clock.advance(to: .seconds(second))
            _ = await failure(reader, .page(1, size: 100))
        }
        #expect(handler.entries.map(\.level) == [.warning])
        #expect(handler.entries.first?.metadata["until"] == "2026-03-02T09:15:00Z")
        #expect(handler.entries.first?.metadata["requests"] == "realtime")
        clock.advance(to: .seconds(3600))
        for _ in 1...2 { _ = await failure(reader, .page(1, size: 100)) }
        #expect(handler.entries.map(\.level) == [.warning, .warning])
        #expect(handler.entries.last?.metadata["requests"] == "realtime")
    }

    @Test func `a short refusal is waited for and not said`() async {
        let (reader, _) = reader([.realtimeQuery], until: .seconds(180))
        #expect(delay(await failure(reader, .page(1, size: 100))) == .seconds(180))
        let other = Task { await failure(reader, .asynchronous(nil)) }
        await clock.sleepers(1)
        #expect(clock.deadlines == [.seconds(180)])
        clock.advance(to: .seconds(180))
        #expect(await other.value == nil)
        #expect(handler.entries.isEmpty)
    }

    @Test func `the login host's limit parks nothing of the API's`() async throws {
        let (reader, _) = reader([.token], until: .seconds(3600))
        #expect(delay(await failure(reader, .page(1, size: 100))) == .seconds(3600))
        #expect(handler.entries.isEmpty)
        #expect(clock.deadlines.isEmpty)
    }
}
