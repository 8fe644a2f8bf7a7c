import AuditCore
import EngineTesting
import Testing

@testable import Engine

/// What several lanes owe each other.
struct LanesTests {
    private let architect = Lane(service: "Architect")
    private let routing = Lane(service: "Routing")

    /// A tail that reads two lanes, of which one always fails; what it asks for within `duration`.
    private func lanesRead(failing: Lane, for duration: Duration) -> [Lane: Int] {
        var settings = TailSettings(output: "siem")
        settings.pollInterval = .seconds(15)
        var tail = Tail(settings: settings, ledger: Ledger(start: at(0)), window: 1)
        var clock = Duration.zero
        var alarms: [Duration] = []
        var events: [TailEvent] = [.started]
        var read: [Lane: Int] = [:]
        while clock < duration {
            if events.isEmpty {
                guard let next = alarms.min() else { break }
                alarms.removeAll { $0 <= next }
                clock = max(clock, next)
                events = [.woken]
            }
            let moment = Moment(clock: clock, server: at(1000) + clock)
            for action in tail.handle(events.removeFirst(), at: moment) {
                switch action {
                case .findLanes: events.append(.lanes(.success([architect, routing])))
                case .load(let ring, let interval): events.append(.loaded(ring, interval, .success([])))
                case .read(let ring, let request):
                    read[request.lane, default: 0] += 1
                    let answer = PageReading(page: .empty, rest: .numbered(total: 0, pageCount: 0, pageSize: nil))
                    let isFailing = request.lane == failing
                    events.append(.read(ring, isFailing ? .failure(.refused("403")) : .success(answer)))
                case .commit: events.append(.committed(.success(())))
                case .wake(let deadline): alarms.append(deadline)
                default: break
                }
            }
        }
        return read
    }

    @Test func `a lane that cannot be read does not keep another from being read`() {
        let read = lanesRead(failing: architect, for: .seconds(3600))
        #expect(read[routing, default: 0] > 60)
        #expect(read[architect, default: 0] > 10)
        #expect(read[architect, default: 0] < 400)
    }

    @Test func `what the server's clock said wrongly is not covered, nor what is beyond the retention`() {
        var slot = PassSlot(ring: .live, backoff: Backoff(first: .seconds(1), most: .seconds(60), seed: 1))
        let limits = ReadingLimits()
        let pass = Pass(
            ring: .live, lane: .all, interval: span(0, 900), reach: Reach(.seconds(900), limits: limits), pageSize: 500,
            limits: limits)
        slot.begin(pass, coverableUntil: at(898))
        #expect(slot.coverable(span(0, 900), settled: at(1000), horizon: .distantPast) == span(0, 898))
        #expect(slot.coverable(span(0, 900), settled: at(700), horizon: .distantPast) == span(0, 700))
        #expect(slot.coverable(span(800, 900), settled: at(700), horizon: .distantPast) == nil)
        // Nor is what may have aged out before it was read.
        #expect(slot.coverable(span(0, 900), settled: at(1000), horizon: at(300)) == span(300, 898))
        #expect(slot.coverable(span(0, 900), settled: at(1000), horizon: at(899)) == nil)
    }
}
