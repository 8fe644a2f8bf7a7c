import AuditCore
import EngineTesting
import Testing

@testable import Engine

struct ScheduleTests {
    private static let day: Int64 = 86_400
    private let architect = Lane(service: "Architect")

    private func schedule(_ lanes: [Lane] = [.all], end: TailSettings.End? = nil) -> Schedule {
        var settings = TailSettings(output: "siem")
        settings.end = end
        var schedule = Schedule(settings: settings)
        schedule.adopt(lanes, at: .zero)
        return schedule
    }

    private func moment(_ server: Int64, clock: Int64 = 0) -> Moment { Moment(clock: .seconds(clock), server: at(server)) }

    private func ledger(_ covered: [Interval], start: Int64 = 0, lane: Lane = .all) -> Ledger {
        Ledger(start: at(start), lanes: [lane: Coverage(covered)])
    }

    @Test func `a lane that is followed closely is read from the overlap before its frontier`() {
        let pass = schedule().livePass(ledger([span(0, 1000)]), at: moment(1100))
        #expect(pass?.interval == span(870, 1100), "on the half minute before it")
        #expect(schedule().catchUpPass(ledger([span(0, 1000)]), at: moment(1100))?.interval == nil)
    }

    @Test func `far behind, fresh audits are read at once and the rest beside them`() {
        let live = schedule().livePass(ledger([span(0, 1000)]), at: moment(9000))
        #expect(live?.interval == span(8880, 9000))
        let covered = ledger([span(0, 1000), span(8880, 8998)])
        let catchUp = schedule().catchUpPass(covered, at: moment(9000))
        #expect(catchUp?.interval == span(880, 8880))
    }

    @Test func `the oldest gap of all lanes is filled first`() {
        var ledger = ledger([span(0, 1000), span(2000, 9000)])
        for interval in [span(0, 500), span(600, 9000)] { ledger.cover(interval, of: architect) }
        let pass = schedule([.all, architect]).catchUpPass(ledger, at: moment(9000))
        #expect(pass?.lane == architect)
        #expect(pass?.interval == span(380, 600))
    }

    @Test func `before a gap the asynchronous endpoint is read again as far as it shows audits late`() {
        let asynchronous = Lane(service: nil, endpoint: .asynchronous)
        var ledger = ledger([span(0, 10_000), span(90_000, 99_000)], lane: asynchronous)
        ledger.cover(span(0, 99_000), of: .all)
        let schedule = schedule([.all, asynchronous])
        #expect(schedule.reconcilePass(ledger, at: moment(99_000))?.interval == span(6400, 90_000))
    }

    @Test func `what ends in the past is swept and reconciled at the same distances`() {
        let asynchronous = Lane(service: nil, endpoint: .asynchronous)
        let end = TailSettings.End(readUntil: at(10_000), coverUntil: at(10_000))
        var schedule = schedule([asynchronous], end: end)
        let ledger = ledger([span(0, 10_000)], lane: asynchronous)
        let late = moment(90_000, clock: 1000)
        for pass in [schedule.sweepPass(ledger, at: late), schedule.reconcilePass(ledger, at: late)] {
            #expect(pass?.interval.end == at(10_000))
            pass.map { schedule.asynchronousPassEnded($0, at: late) }
        }
        #expect(schedule.sweepPass(ledger, at: moment(90_100, clock: 1100)) == nil)
        #expect(schedule.sweepPass(ledger, at: moment(90_200, clock: 1200)) != nil)
        #expect(schedule.reconcilePass(ledger, at: moment(170_000, clock: 81_000)) == nil)
    }

    @Test func `a reading that goes on where an asynchronous lane had come to reads the lag before that again`() {
        let asynchronous = Lane(service: nil, endpoint: .asynchronous)
        let schedule = schedule([.all, asynchronous])
        // Realtime came further than the asynchronous lane, and has a gap that only this can fill.
        var ledger = ledger([span(0, 93_000), span(193_000, 193_100)])
        ledger.cover(span(0, 90_000), of: asynchronous)
        let filling = schedule.reconcilePass(ledger, at: moment(200_000))
        #expect(filling?.interval.start == at(90_000 - 3600))
        // A sweep after a pause that is shorter than it reaches back.
        ledger.cover(span(90_000, 197_000), of: asynchronous)
        #expect(schedule.sweepPass(ledger, at: moment(200_000))?.interval == span(197_000 - 3600, 200_000))
        #expect(schedule.sweepPass(ledger, at: moment(198_000))?.interval == span(198_000 - 3600, 198_000), "as always")
    }

    @Test func `nothing is read before the output's beginning, nor beyond the retention`() {
        let early = schedule().livePass(ledger([], start: 1000), at: moment(1050))
        #expect(early?.interval == span(1000, 1050))
        let now = 30 * ScheduleTests.day
        let old = schedule().catchUpPass(ledger([span(0, 1000), span(now - 120, now)]), at: moment(now))
        #expect(old?.interval == span(16 * ScheduleTests.day + 60, now - 120))
    }

    @Test func `an end beyond the retention plans no window`() {
        let retention = Int64(TailSettings(output: "siem").realtimeRetention.components.seconds)
        let schedule = schedule(end: TailSettings.End(readUntil: at(1000), coverUntil: at(1000)))
        #expect(schedule.livePass(ledger([]), at: moment(retention + 500)) != nil)
        #expect(schedule.livePass(ledger([]), at: moment(retention + 1000)) == nil)
    }

    @Test func `what lies beyond the retention is lost, but for what is being read in time, and what was lost stays it`() {
        let schedule = schedule()
        let now = 30 * ScheduleTests.day
        let edge = 16 * ScheduleTests.day + 60
        var ledger = ledger([span(0, 1000), span(now - 120, now)])
        let horizon = schedule.horizon(at: moment(now))
        #expect(horizon == at(edge))
        func lost(_ windows: [Interval] = []) -> [Interval] {
            schedule.lost(ledger, .all, before: horizon, except: windows).intervals
        }
        #expect(lost() == [span(1000, edge)])
        #expect(lost([span(edge - 10, edge + 900)]) == [span(1000, edge - 10)])
        ledger.lose(Coverage([span(1000, edge - 30), span(edge + 100, edge + 200)]), of: .all)
        #expect(lost() == [span(1000, edge)])
        #expect(lost([span(edge - 50, edge + 900)]) == [span(1000, edge - 30)])
    }

    @Test func `the lane that has waited longest is polled, and again after its pace`() {
        var schedule = schedule([.all, architect])
        schedule.livePassEnded(.all, fresh: 0, at: .seconds(1))
        #expect(schedule.livePass(ledger([]), at: moment(100, clock: 1))?.lane == architect)
        schedule.livePassEnded(architect, fresh: 0, at: .seconds(2))
        #expect(schedule.livePass(ledger([]), at: moment(100, clock: 14))?.interval == nil)
        #expect(schedule.nextPoll == .seconds(15))
        #expect(schedule.livePass(ledger([]), at: moment(100, clock: 15))?.lane == .all)
        schedule.livePassEnded(.all, fresh: 1, at: .seconds(16))
        #expect(schedule.livePass(ledger([]), at: moment(100, clock: 20))?.lane == architect)
        #expect(schedule.nextPoll == .seconds(15), "the longest waiting is due still")
    }

    @Test func `tails that began at other times come to ask the same at the same time`() {
        var (early, late) = (schedule(), schedule())
        early.livePassEnded(.all, fresh: 0, at: .seconds(1))
        late.livePassEnded(.all, fresh: 0, at: .seconds(7))
        #expect(early.nextPoll == .seconds(15) && late.nextPoll == .seconds(20))
        early.livePassEnded(.all, fresh: 0, at: .seconds(16))
        late.livePassEnded(.all, fresh: 3, at: .seconds(21))
        #expect(early.nextPoll == .seconds(30) && late.nextPoll == .seconds(25))
        late.livePassEnded(.all, fresh: 1, at: .seconds(26))
        let now = moment(1100, clock: 30)
        let asked = early.livePass(ledger([span(0, 1085)]), at: now)
        #expect(asked?.request == late.livePass(ledger([span(0, 1095)], start: -900), at: now)?.request)
        #expect(asked?.interval == span(960, 1100))
    }

    @Test(arguments: [(10, 3, 9), (9, 3, 9), (10, 7, 14), (1, 7, 7)])
    func `a time on the grid is never past`(due: Int, now: Int, aligned: Int) {
        let spacing = Duration.seconds(aligned == 14 || aligned == 7 ? 7 : 3)
        #expect(Grid.aligned(.seconds(due), to: spacing, after: .seconds(now)) == .seconds(aligned))
    }

    @Test func `it is complete when everything up to the end is covered, and not with a gap before`() {
        let end = TailSettings.End(readUntil: at(500), coverUntil: at(500))
        let schedule = schedule(end: end)
        #expect(!schedule.isComplete(ledger([span(0, 499)]), at: moment(600)))
        #expect(!schedule.isComplete(ledger([span(0, 100), span(200, 500)]), at: moment(600)))
        #expect(schedule.isComplete(ledger([span(0, 500)]), at: moment(600)))
        #expect(schedule.livePass(ledger([span(0, 400)]), at: moment(900))?.interval.end == at(500))
    }

    @Test func `a gap that the realtime endpoint gives no more keeps nobody waiting`() {
        let now = 30 * ScheduleTests.day
        let schedule = schedule(end: TailSettings.End(readUntil: at(now), coverUntil: at(now)))
        #expect(!schedule.isComplete(ledger([span(0, 1000), span(17 * ScheduleTests.day, now)]), at: moment(now + 3)))
        #expect(schedule.isComplete(ledger([span(0, 1000), span(16 * ScheduleTests.day, now)]), at: moment(now + 3)))
    }

    @Test func `a tail without an end is never complete, and neither is one that knows no lane`() {
        #expect(!schedule().isComplete(ledger([span(0, 900)]), at: moment(900)))
        let end = TailSettings.End(readUntil: at(1), coverUntil: at(1))
        #expect(!schedule([], end: end).isComplete(ledger([span(0, 500)]), at: moment(600)))
    }
}
