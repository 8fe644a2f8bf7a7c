import Engine
import Testing

@Suite struct RequestBudgetTests {
    /// The most requests in any minute, for a client that asks as often as it may.
    private func busiestMinute(_ budget: RequestBudget, minutes: Int) -> Int {
        var budget = budget
        var now = Duration.zero
        var sent: [Duration] = []
        while now < .seconds(60 * minutes) {
            now += budget.reserve(at: now)
            sent.append(now)
        }
        return sent.indices.map { first in
            sent[first...].prefix { $0 < sent[first] + .seconds(60) }.count
        }.max() ?? 0
    }

    @Test(arguments: [1, 2, 7, 60, 240, 300, 3000])
    func `no minute exceeds the budget, and little of it is left unused`(perMinute: Int) {
        let busiest = busiestMinute(RequestBudget(perMinute: perMinute), minutes: 3)
        #expect(busiest <= perMinute)
        #expect(busiest >= perMinute * 9 / 10)
    }

    @Test func `a pause does not save up more than the burst`() {
        var budget = RequestBudget(perMinute: 120)
        for _ in 0..<500 { _ = budget.reserve(at: .zero) }
        let later = Duration.seconds(3600)
        let atOnce = (0..<200).prefix { _ in budget.reserve(at: later) == .zero }.count
        #expect(atOnce == 10)
    }

    @Test func `the automatic share follows what the API states`() {
        var budget = RequestBudget()
        #expect(busiestMinute(budget, minutes: 2) <= 240)
        budget.answered(allowed: 100, count: 1, reset: .seconds(60), at: .zero)
        #expect(busiestMinute(budget, minutes: 2) <= 80)
    }

    @Test func `a fixed budget is not raised by what the API states`() {
        var budget = RequestBudget(perMinute: 30)
        budget.answered(allowed: 3000, count: 1, reset: .seconds(60), at: .zero)
        #expect(busiestMinute(budget, minutes: 2) <= 30)
    }

    @Test func `when others have spent the share, the rest of the window is left to them`() {
        var budget = RequestBudget()
        budget.answered(allowed: 300, count: 240, reset: .seconds(17), at: .seconds(5))
        #expect(budget.reserve(at: .seconds(5)) == .seconds(17))
    }

    @Test func `nothing goes out while parked`() {
        var budget = RequestBudget(perMinute: 600)
        budget.park(until: .seconds(3600))
        #expect(budget.reserve(at: .seconds(10)) == .seconds(3590))
    }
}
