import AuditCore
import Engine
import Testing

@testable import AuditReader

@Suite(.timeLimit(.minutes(5))) struct SharedSourceTests {
    private typealias Reading = Task<Result<PageReading.Rest, ReadFailure>, Never>

    private static let interval = Interval(Instant(seconds: 1_800_000_000), Instant(seconds: 1_800_000_060))
    private static let request = ReadRequest(lane: .all, interval: interval, position: .page(1, size: 100))

    private let base = SlowSource()
    private let source: SharedSource

    init() { source = SharedSource(base) }

    private func reading(_ source: SharedSource, _ request: ReadRequest = request) -> Reading {
        Task {
            do throws(ReadFailure) { return .success(try await source.read(request).rest) } catch { return .failure(error) }
        }
    }

    /// Begins reads, each of which has joined before the next begins.
    private func readings(_ count: Int, _ source: SharedSource) async -> [Reading] {
        var readings: [Reading] = []
        for number in 1...count {
            readings.append(reading(source))
            await eventually { source.callers(of: SharedSourceTests.request) == number }
        }
        return readings
    }

    private func numbered(_ number: Int) -> Result<PageReading.Rest, ReadFailure> {
        .success(.numbered(total: number, pageCount: nil, pageSize: nil))
    }

    /// The source behind answers what it was asked.
    private func answer() async {
        await base.clock.sleepers(1)
        base.clock.advance(to: base.clock.now() + SlowSource.duration)
    }

    @Test func `equal reads under way are one read, and each caller gets its page`() async {
        let readings = await readings(3, source)
        await answer()
        for reading in readings { #expect(await reading.value == numbered(1)) }
        #expect(base.requests.count == 1)
    }

    @Test func `the urgency does not make a read another`() async {
        let first = await readings(1, source)
        let urgent = reading(
            source, ReadRequest(lane: .all, interval: Self.interval, position: .page(1, size: 100), urgency: .catchUp))
        await eventually { source.callers(of: Self.request) == 2 }
        await answer()
        #expect(await first[0].value == numbered(1))
        #expect(await urgent.value == numbered(1))
        #expect(base.requests.count == 1)
    }

    @Test func `another lane, interval or position is another read`() async {
        let others = [
            Self.request,
            ReadRequest(lane: Lane(service: "Architect"), interval: Self.interval, position: .page(1, size: 100)),
            ReadRequest(
                lane: .all, interval: Interval(Self.interval.start, Self.interval.end + .seconds(1)),
                position: .page(1, size: 100)),
            ReadRequest(lane: .all, interval: Self.interval, position: .page(2, size: 100)),
            ReadRequest(lane: .all, interval: Self.interval, position: .page(1, size: 50)),
            ReadRequest(lane: .all, interval: Self.interval, position: .asynchronous(nil)),
            ReadRequest(
                lane: .all, interval: Self.interval, position: .asynchronous(Continuation(transactionID: "1", cursor: nil))),
        ]
        let readings = others.map { reading(source, $0) }
        await base.clock.sleepers(others.count)
        #expect(Set(base.requests) == Set(others))
        await answer()
        for reading in readings { _ = await reading.value }
    }

    @Test func `who asks later reads again`() async {
        for number in 1...3 {
            let reading = reading(source)
            await answer()
            #expect(await reading.value == numbered(number))
        }
        #expect(base.requests.count == 3)
    }

    @Test func `a failure is everybody's`() async {
        let failing = SlowSource(failure: .transient("the gateway is down", delay: .seconds(9)))
        let source = SharedSource(failing)
        let readings = await readings(2, source)
        await failing.clock.sleepers(1)
        failing.clock.advance(to: SlowSource.duration)
        for reading in readings {
            #expect(await reading.value == .failure(.transient("the gateway is down", delay: .seconds(9))))
        }
    }

    @Test(arguments: 0...2)
    func `a caller that is cancelled goes at once, and the others have their page`(cancelled: Int) async {
        let readings = await readings(3, source)
        await base.clock.sleepers(1)
        readings[cancelled].cancel()
        #expect(await readings[cancelled].value == .failure(.cancelled))
        await answer()
        for index in 0...2 where index != cancelled { #expect(await readings[index].value == numbered(1)) }
        #expect(base.requests.count == 1 && base.cancelled == 0)
    }

    @Test func `the read is cancelled with its last caller, who returns when it did`() async {
        let readings = await readings(2, source)
        await base.clock.sleepers(1)
        for reading in readings { reading.cancel() }
        for reading in readings { #expect(await reading.value == .failure(.cancelled)) }
        #expect(base.cancelled == 1)
        #expect(base.clock.deadlines.isEmpty)
    }

    @Test func `a read that everybody left is joined by nobody`() async {
        base.lingers = true
        let left = await readings(1, source)
        await base.clock.sleepers(1)
        left[0].cancel()
        let next = reading(source)
        await eventually { base.requests.count == 2 }
        base.lingers = false
        #expect(await left[0].value == .failure(.cancelled))
        await answer()
        #expect(await next.value == numbered(2))
    }

    @Test func `who is cancelled before it asks reads nothing`() async {
        let source = source
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            do throws(ReadFailure) {
                return Result<Int, ReadFailure>.success(try await source.read(Self.request).page.audits.count)
            } catch {
                return .failure(error)
            }
        }
        #expect(await reading.value == .failure(.cancelled))
        #expect(base.requests.isEmpty)
    }

    @Test func `lanes that are looked up at the same moment are one look-up`() async {
        let source = source
        let lookups = (1...3).map { _ in Task { try? await source.lanes() } }
        await eventually { source.callersOfLanes() == 3 }
        await answer()
        for lookup in lookups { #expect(await lookup.value == [.all]) }
        #expect(base.lookups == 1)
    }

    @Test func `the server's time is the source's`() {
        #expect(source.serverNow() == base.serverNow())
    }
}
