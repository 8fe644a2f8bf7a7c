import AuditCore
import Engine
import EngineTesting
import TestTraits
import Testing

@testable import Forwarder

/// What goes wrong at an edge of the engine, seen through what stands around it: each is said within a minute.
@Suite(.fewAtATime)
struct HealthMutationTests {
    private struct SilentSource: AuditSource {
        func lanes() async throws(ReadFailure) -> [Lane] { [.all] }
        func serverNow() -> Instant? { nil }

        func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
            do { try await Task.sleep(for: .seconds(3600)) } catch { throw .cancelled }
            throw .cancelled
        }
    }

    private struct SilentOutput: Output {
        let guarantee = Guarantee.application
        let window = 4
        func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {}
        func close() async {}
    }

    private let clock = VirtualClock()
    private let telemetry: Telemetry
    private let minute = Duration.seconds(60)

    init() throws {
        telemetry = Telemetry(
            configuration: try Fixture.load("outputs: {siem: {type: stdout}}"), isFollowing: true, version: "test",
            board: StatusBoard(), clock: clock)
        telemetry.began("siem")
    }

    private var health: StatusDocument.Health { StatusDocument.Health(telemetry.view().problems) }

    @Test func `a poll loop that is stuck`() async {
        let source = WatchedSource(base: SilentSource(), output: "siem", telemetry: telemetry)
        let read = Task { try await source.read(HealthMutationTests.request) }
        #expect(health.ready)
        clock.advance(to: minute)
        #expect(!health.healthy)
        read.cancel()
        _ = await read.result
    }

    @Test func `an output that is stuck`() async {
        let output = MeasuredOutput(base: SilentOutput(), name: "siem", telemetry: telemetry)
        await output.deliver(HealthMutationTests.batch) { _ in }
        clock.advance(to: .seconds(30))
        telemetry.note { health, _, now in health.readSucceeded("siem", at: now) }
        #expect(health.ready)
        clock.advance(to: minute)
        #expect(!health.healthy)
        #expect(telemetry.status().outputs.first?.state == "silent")
    }

    @Test func `a token that is refused`() {
        telemetry.tail("siem", reported: .readFailing(.all, .refused("the client was refused: invalid_client"), retryIn: minute))
        #expect(!health.ready)
        #expect(health.problems.first?.reason == "the API cannot be read: the client was refused: invalid_client")
        #expect(telemetry.status().outputs.first?.lastError?.reason == "the client was refused: invalid_client")
        telemetry.note { health, _, now in health.readSucceeded("siem", at: now) }
        #expect(health.ready)
    }

    @Test func `a disk that is full`() async throws {
        let disk = MemoryStore()
        let store = MeasuredStore(base: disk, telemetry: telemetry)
        disk.fail(calls: [1])
        await #expect(throws: StoreFailure.self) { try await store.commit(HealthMutationTests.change) }
        #expect(health.healthy && !health.ready)
        clock.advance(to: minute)
        telemetry.note { health, _, now in health.readSucceeded("siem", at: now) }
        #expect(!health.healthy)
        try await store.commit(HealthMutationTests.change)
        #expect(health.ready)
        #expect(telemetry.metrics().contains("auditferry_offset_commits_total 1\n"))
    }

    private static let request = ReadRequest(
        lane: .all, interval: Interval(Instant(seconds: 0), Instant(seconds: 60)), position: .page(1, size: 500))
    private static let batch = Batch(1, of: [SampleAudit(id: SampleAudit.uuid(1), instant: Instant(seconds: 1))])

    private static var change: LedgerChange {
        var change = LedgerChange(output: "siem")
        change.start = Instant(seconds: 0)
        return change
    }
}
