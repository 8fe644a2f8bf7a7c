import AuditCore
import Engine
import TestTraits
import Testing

@testable import Forwarder

/// What makes a run unhealthy or not ready, and after how long.
@Suite(.fewAtATime)
struct HealthTests {
    private func health(_ change: (inout Health) -> Void = { _ in }) -> Health {
        var health = Health(limits: .init(), at: .zero)
        health.began("siem", at: .zero)
        change(&health)
        return health
    }

    private func reasons(_ health: Health, at now: Duration) -> [String] {
        health.problems(at: now).map { "\($0.subject): \($0.reason)" }
    }

    @Test func `a run that has not reached the API is not ready at once, and stands still after a while`() {
        let health = Health(limits: .init(), at: .seconds(100))
        #expect(health.isHealthy(at: .seconds(150)) && !health.isReady(at: .seconds(100)))
        #expect(!health.isHealthy(at: .seconds(156)))
        #expect(reasons(health, at: .seconds(156)) == ["api: it has not answered yet"])
    }

    @Test func `a run that reads is healthy and ready, and stands still within a minute of its last page`() {
        let health = health { $0.readSucceeded("siem", at: .seconds(30)) }
        #expect(health.isReady(at: .seconds(85)))
        #expect(!health.isHealthy(at: .seconds(86)) && !health.isReady(at: .seconds(86)))
        #expect(reasons(health, at: .seconds(86)) == ["output siem: nothing was read for it"])
    }

    @Test func `a read that fails makes it not ready at once, and a pause that the API asked for keeps it healthy`() {
        let failing = health { $0.readFailed("siem", "502", retryIn: .zero, isPause: false, at: .seconds(10)) }
        #expect(failing.isHealthy(at: .seconds(50)) && !failing.isReady(at: .seconds(10)))
        #expect(!failing.isHealthy(at: .seconds(70)))
        let parked = health { $0.readFailed("siem", "429", retryIn: .seconds(3600), isPause: true, at: .seconds(10)) }
        #expect(parked.isHealthy(at: .seconds(3600)) && !parked.isReady(at: .seconds(3600)))
        #expect(reasons(parked, at: .seconds(20)) == ["output siem: the API asked for a pause: 429"])
        #expect(!parked.isHealthy(at: .seconds(3670)), "it has to go on when the pause is over")
    }

    @Test func `an output that answers nothing stands still, and one that is given nothing does not`() {
        let silent = health {
            $0.readSucceeded("siem", at: .seconds(50))
            $0.handedIn("siem", at: .seconds(10))
        }
        #expect(silent.isReady(at: .seconds(55)))
        #expect(!silent.isHealthy(at: .seconds(56)))
        #expect(reasons(silent, at: .seconds(56)) == ["output siem: it does not answer for what was handed to it"])
        var given = silent
        given.handedIn("siem", at: .seconds(55))
        #expect(!given.isHealthy(at: .seconds(56)), "what it is given besides is no answer")
        var answered = silent
        answered.answered("siem", at: .seconds(56))
        #expect(answered.isReady(at: .seconds(100)))
    }

    @Test func `an output that refuses is not ready, and healthy as long as it is tried again`() {
        var health = health()
        for second in stride(from: 0, to: 600, by: 60) {
            health.readSucceeded("siem", at: .seconds(second))
            health.handedIn("siem", at: .seconds(second))
            health.answered("siem", at: .seconds(second))
            health.refused("siem", "connection refused", retryIn: .seconds(60), at: .seconds(second))
            #expect(health.isHealthy(at: .seconds(second + 50)) && !health.isReady(at: .seconds(second + 50)))
        }
        #expect(health.problems(at: .seconds(595)).first?.lasts == .seconds(595))
        health.readSucceeded("siem", at: .seconds(646))
        #expect(!health.isHealthy(at: .seconds(646)), "nobody has tried it again")
        health.recovered("siem")
        #expect(health.isReady(at: .seconds(646)))
    }

    @Test func `a tail that is full waits for its output and not for the API`() {
        var health = health { $0.stands("siem", isFull: true, at: .seconds(5)) }
        #expect(health.isReady(at: .seconds(500)))
        health.stands("siem", isFull: false, at: .seconds(500))
        #expect(health.isReady(at: .seconds(550)) && !health.isHealthy(at: .seconds(560)))
    }

    @Test func `offsets that cannot be committed make it not ready at once, and stand still where nobody tries again`() {
        var health = health { $0.commitBegan("siem", at: .seconds(10)) }
        #expect(health.isReady(at: .seconds(50)))
        #expect(!health.isHealthy(at: .seconds(56)), "a commit does not end")
        health.commitEnded("siem", failure: "disk full", at: .seconds(20))
        #expect(health.isHealthy(at: .seconds(20)) && !health.isReady(at: .seconds(20)))
        health.readSucceeded("siem", at: .seconds(60))
        #expect(!health.isHealthy(at: .seconds(66)))
        #expect(reasons(health, at: .seconds(66)) == ["offsets: they cannot be committed: disk full"])
        health.commitEnded("siem", failure: nil, at: .seconds(66))
        #expect(health.isReady(at: .seconds(66)))
    }

    @Test func `a disk that stays full makes it not ready, and healthy as long as it is tried again`() {
        var health = health()
        for second in stride(from: 0, to: 600, by: 60) {
            health.readSucceeded("siem", at: .seconds(second))
            health.commitBegan("siem", at: .seconds(second))
            health.commitEnded("siem", failure: "disk full", at: .seconds(second))
            health.commitIsTriedAgain(in: .seconds(60), at: .seconds(second))
            #expect(health.isHealthy(at: .seconds(second + 50)) && !health.isReady(at: .seconds(second + 50)))
        }
        health.readSucceeded("siem", at: .seconds(646))
        #expect(!health.isHealthy(at: .seconds(646)), "nobody has tried it again")
    }

    @Test func `a run that is told to stop is not ready and stays healthy, and an output that has ended is done with`() {
        var health = health { $0.stopping() }
        #expect(health.isHealthy(at: .seconds(500)) && !health.isReady(at: .zero))
        health = self.health { $0.ended("siem") }
        #expect(health.isReady(at: .seconds(500)))
    }

    @Test func `the limits follow the interval of the polls and the allowance`() {
        #expect(Health.Limits(pollInterval: .seconds(15), requestsPerMinute: nil, outputs: 1).reading == .seconds(55))
        #expect(Health.Limits(pollInterval: .seconds(1), requestsPerMinute: nil, outputs: 1).reading == .seconds(45))
        #expect(Health.Limits(pollInterval: .seconds(3600), requestsPerMinute: nil, outputs: 1).reading == .seconds(7225))
        #expect(Health.Limits(pollInterval: .seconds(15), requestsPerMinute: 10, outputs: 2).reading == .seconds(55 + 48))
    }
}
