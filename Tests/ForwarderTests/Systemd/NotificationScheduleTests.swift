import TestTraits
import Testing

@testable import Forwarder

/// What the service manager is told, and when.
@Suite(.fewAtATime)
struct NotificationScheduleTests {
    private func observation(hasRead: Bool = true, isHealthy: Bool = true, _ status: String = "delivering")
        -> NotificationSchedule.Observation
    {
        .init(hasRead: hasRead, isHealthy: isHealthy, status: status)
    }

    private func running(watchdog: Duration? = nil) -> NotificationSchedule {
        var schedule = NotificationSchedule(watchdog: watchdog)
        _ = schedule.tick(observation(), at: .zero)
        return schedule
    }

    @Test func `it is ready when the API has shown a page, once, and gives no sign of life before`() {
        var schedule = NotificationSchedule(watchdog: .seconds(30))
        #expect(schedule.tick(observation(hasRead: false, "waits"), at: .zero) == [.status("waits")])
        #expect(schedule.tick(observation(hasRead: false, "waits"), at: .seconds(100)) == [])
        #expect(schedule.tick(observation("waits"), at: .seconds(101)) == [.ready, .watchdog])
        #expect(schedule.tick(observation("waits"), at: .seconds(102)) == [])
    }

    @Test func `a status is told when it has changed, and not sooner than five seconds after the last`() {
        var schedule = running()
        #expect(schedule.tick(observation("a"), at: .seconds(4)) == [])
        #expect(schedule.tick(observation("b"), at: .seconds(5)) == [.status("b")])
        #expect(schedule.tick(observation("b"), at: .seconds(50)) == [])
        #expect(schedule.tick(observation("c"), at: .seconds(51)) == [.status("c")])
    }

    @Test(arguments: [Duration.seconds(30), .seconds(3), .milliseconds(300), .milliseconds(45)])
    func `a sign of life comes within half of the time that is allowed, however the ticks fall`(_ allowed: Duration) {
        var schedule = NotificationSchedule(watchdog: allowed)
        var now = Duration.zero
        var last = Duration.zero
        for _ in 0..<200 {
            if schedule.tick(observation(), at: now).contains(.watchdog) { last = now }
            #expect(now - last <= allowed / 2)
            now += schedule.interval
        }
        #expect(now - last <= allowed)
    }

    @Test func `a run that stands still gives no sign of life, and gives one when it moves again`() {
        var schedule = running(watchdog: .seconds(4))
        #expect(schedule.tick(observation(), at: .seconds(2)) == [.watchdog])
        for second in 3..<60 { #expect(!schedule.tick(observation(isHealthy: false), at: .seconds(second)).contains(.watchdog)) }
        #expect(schedule.tick(observation(), at: .seconds(60)) == [.watchdog])
    }

    @Test func `a manager that wants no signs of life gets none`() {
        var schedule = running()
        for second in 1..<100 { #expect(schedule.tick(observation(), at: .seconds(second)) == []) }
    }

    @Test func `opening files anew is told before and after while it runs, and not before it is ready or when it stops`() {
        var schedule = NotificationSchedule(watchdog: nil)
        #expect(schedule.reloading(at: .seconds(7)) == [] && schedule.reloaded() == [])
        _ = schedule.tick(observation(), at: .zero)
        #expect(schedule.reloading(at: .seconds(7)) == [.reloading(monotonic: .seconds(7))] && schedule.reloaded() == [.ready])
        #expect(schedule.stopping() == [.stopping])
        #expect(schedule.reloading(at: .seconds(8)) == [] && schedule.reloaded() == [])
    }

    @Test func `the stop is told once, with its reason where there is one, and it is still alive until it ends`() {
        var schedule = running(watchdog: .seconds(4))
        #expect(schedule.stopping() == [.stopping])
        #expect(schedule.stopping("the disk is full") == [.status("the disk is full")])
        #expect(schedule.tick(observation(), at: .seconds(2)) == [.watchdog])
        var starting = NotificationSchedule(watchdog: nil)
        #expect(starting.stopping("refused") == [.stopping, .status("refused")])
        #expect(!starting.tick(observation(), at: .seconds(2)).contains(.ready))
    }
}
