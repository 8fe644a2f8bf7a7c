import Engine
import EngineTesting
import Testing

@Suite struct RequestQueueTests {
    private typealias Ticket = RequestQueue.Ticket

    /// One place a minute, the first of them taken.
    private func queue() -> RequestQueue {
        var queue = RequestQueue(budget: RequestBudget(perMinute: 2))
        let first = queue.join(.live)
        #expect(queue.turn(of: first, at: .zero) == .goes)
        return queue
    }

    /// Lets all go, and says in which order.
    private func order(_ queue: inout RequestQueue, _ tickets: [Ticket], from start: Duration = .zero) -> [Int] {
        var now = start
        var left = Array(tickets.enumerated())
        var order: [Int] = []
        while !left.isEmpty {
            var wake = Duration.seconds(1_000_000)
            for (index, ticket) in left {
                switch queue.turn(of: ticket, at: now) {
                case .goes:
                    order.append(index)
                    left.removeAll { $0.offset == index }
                case .waits(let until):
                    #expect(until > now)
                    wake = min(wake, until)
                }
            }
            now = wake
        }
        return order
    }

    @Test func `the more urgent goes first, and who came first among equals`() {
        var queue = queue()
        let tickets = [Urgency.catchUp, .sweep, .live, .sweep, .live].map { queue.join($0) }
        #expect(order(&queue, tickets) == [2, 4, 1, 3, 0])
    }

    @Test func `while urgent ones keep coming, every eighth place goes to who has waited longest among the others`() {
        var queue = queue()
        let old = queue.join(.catchUp)
        let sweep = queue.join(.sweep)
        let live = (0..<30).map { _ in queue.join(.live) }
        let order = order(&queue, [old, sweep] + live)
        #expect(order.firstIndex(of: 0) == RequestQueue.concession - 1)
        #expect(order.firstIndex(of: 1) == 2 * RequestQueue.concession - 1)
        #expect(order.filter { $0 > 1 } == Array(2..<32))
    }

    @Test func `catching up is not starved by sweeps either`() {
        var queue = queue()
        let sweeps = (0..<10).map { _ in queue.join(.sweep) }
        let old = queue.join(.catchUp)
        #expect(order(&queue, [old] + sweeps).firstIndex(of: 0) == RequestQueue.concession - 1)
    }

    @Test func `who leaves frees its place for the next`() {
        var queue = queue()
        let tickets = (0..<3).map { _ in queue.join(.live) }
        guard case .waits(let until) = queue.turn(of: tickets[1], at: .zero) else { Issue.record("it need not wait"); return }
        queue.leave(tickets[0])
        #expect(queue.turn(of: tickets[1], at: until) == .goes)
        queue.leave(tickets[2])
        #expect(queue.count == 0)
    }

    @Test func `whoever asks first, the place is whose turn it is`() {
        var queue = queue()
        let second = queue.join(.sweep)
        let first = queue.join(.live)
        guard case .waits(let until) = queue.turn(of: second, at: .zero) else { Issue.record("it need not wait"); return }
        guard case .waits(let later) = queue.turn(of: second, at: until) else { Issue.record("it went first"); return }
        #expect(later > until)
        #expect(queue.turn(of: first, at: until) == .goes)
    }

    @Test func `a refusal that comes in the meantime holds who waits already`() {
        var queue = queue()
        let ticket = queue.join(.live)
        queue.budget.park(until: .seconds(100))
        #expect(queue.turn(of: ticket, at: .seconds(60)) == .waits(until: .seconds(100)))
        #expect(queue.turn(of: ticket, at: .seconds(100)) == .goes)
    }

    @Test(arguments: UInt64(1)...50)
    func `no minute exceeds the budget, whoever comes, asks and leaves, and nobody who stays is forgotten`(seed: UInt64) {
        var random = SampleGenerator(seed: seed)
        let perMinute = random.number(1...400)
        var queue = RequestQueue(budget: RequestBudget(perMinute: perMinute))
        var present: [Ticket] = []
        var sent: [Duration] = []
        var now = Duration.zero
        for _ in 0..<3000 {
            now += .milliseconds(random.number(0...200))
            if present.count < 30, random.happens(40) {
                present.append(queue.join(Urgency(rawValue: random.number(0...2)) ?? .live))
            }
            if !present.isEmpty, random.happens(5) {
                queue.leave(present.remove(at: random.number(0...present.count - 1)))
            }
            present.removeAll { ticket in
                guard random.happens(50), queue.turn(of: ticket, at: now) == .goes else { return false }
                sent.append(now)
                return true
            }
        }
        let busiest = sent.indices.map { first in sent[first...].prefix { $0 < sent[first] + .seconds(60) }.count }.max() ?? 0
        #expect(busiest <= perMinute, "seed \(seed)")
        #expect(order(&queue, present, from: now).count == present.count)
    }
}
