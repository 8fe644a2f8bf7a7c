import AuditCore
import EngineTesting

@testable import Engine

/// A tail among failures, from one seed: late audits, shifting pages, refusals, a failing store, crashes with a restart from what was
/// committed; what was asked for is answered in any order. Then the faults stop, and it has to come to its end.
struct TailSimulation {
    static let output = "siem"
    private static let mostSteps = 30_000
    private static let faultySteps = 400
    private static let mostCrashes = 4

    /// What is under way: not done yet, or done and not yet known.
    private enum Pending {
        case action(TailAction)
        case event(TailEvent)
    }

    private var random: SampleGenerator
    private var world: SimulatedWorld
    private let start: Instant
    private let settings: TailSettings
    private let window: Int
    /// A lane that is new is read from the beginning, and so needs every id.
    private var changesLanes: Bool { settings.idRetention > .seconds(86_400) }
    private var tail: Tail
    private var clock = Duration.zero
    private var wake: Duration?
    private var pending: [Pending] = []
    private var crashes = 0
    /// How many deliveries more than one each audit may have had: one for every crash that forgot its acknowledgement.
    private var excused: [AuditID: Int] = [:]
    private var isFinished = false

    init(seed: UInt64) throws {
        random = SampleGenerator(seed: seed)
        start = SimulatedWorld.beginning - .seconds(random.number(0...7200)) + .milliseconds(random.number(0...999))
        settings = TailSimulation.settings(&random, seed: seed)
        window = random.number(1...4)
        let lastAudit = SimulatedWorld.beginning + .seconds(600)
        world = SimulatedWorld(
            &random, start: start - .seconds(60), end: lastAudit, readsAsynchronous: settings.sweep != nil)
        if random.happens(30) { world.changeLanes() }
        var begins = LedgerChange(output: TailSimulation.output)
        begins.start = start
        try world.store.commit(begins)
        tail = Tail(settings: settings, ledger: Ledger(start: start), window: window)
    }

    /// - Throws: `Violation` at the first broken promise.
    mutating func run() throws {
        try handle(.started)
        var steps = 0
        while !isFinished {
            steps += 1
            try demand(steps < TailSimulation.mostSteps, "it came to no end: \(tail.status), \(pending.count) pending")
            world.isHealed = steps > TailSimulation.faultySteps
            if !world.isHealed, crashes < TailSimulation.mostCrashes, random.number(0...150) == 0 {
                try crash()
            } else if !pending.isEmpty, random.happens(85) {
                if !world.isHealed, changesLanes, random.number(0...60) == 0 { world.changeLanes() }
                try complete(pending.remove(at: random.number(0...pending.count - 1)))
            } else {
                try passTime()
            }
        }
        try checkEnd()
    }

    private mutating func complete(_ pending: Pending) throws {
        switch pending {
        case .event(let event): try handle(event)
        case .action(let action): if let event = try perform(action) { try handle(event) }
        }
    }

    private mutating func passTime() throws {
        if pending.isEmpty {
            guard let wake else { throw Violation("nothing is under way and nothing will wake it: \(tail.status)") }
            clock = max(clock, wake)
        } else {
            clock += .milliseconds(random.number(0...2000))
        }
        guard let wake, wake <= clock else { return }
        self.wake = nil
        try handle(.woken)
    }

    private mutating func handle(_ event: TailEvent) throws {
        let moment = Moment(clock: clock, server: serverNow)
        for action in tail.handle(event, at: moment) {
            switch action {
            case .wake(let deadline):
                try demand(deadline > clock, "a wake in the past")
                wake = min(wake ?? deadline, deadline)
            case .finish(let refusal):
                try demand(refusal == nil, "it ended with \(refusal?.reason ?? "")")
                isFinished = true
            case .report, .drain: break
            default: try begin(action)
            }
        }
        try demand(outstanding <= window, "\(outstanding) batches are out at once, of \(window)")
    }

    private mutating func begin(_ action: TailAction) throws {
        if random.happens(50) {
            pending.append(.action(action))
        } else if let event = try perform(action) {
            pending.append(.event(event))
        }
    }

    private mutating func perform(_ action: TailAction) throws -> TailEvent? {
        switch action {
        case .commit(let change): try check(change)
        case .deliver, .setApart: pending.append(.event(.taken))
        default: break
        }
        return try world.perform(action, at: serverNow, &random)
    }

    /// The process is killed: what was under way may have happened or not, and nobody learns of it.
    private mutating func crash() throws {
        crashes += 1
        let underWay = pending
        for case .action(let action) in underWay where random.happens(50) { _ = try perform(action) }
        pending = []
        wake = nil
        let kept = world.store.ids(of: TailSimulation.output)
        for id in world.acknowledged.keys where !kept.contains(id) { excused[id, default: 0] += 1 }
        clock += .seconds([0, 5, 200, 3600][random.number(0...3)])
        if changesLanes, random.happens(20) { world.changeLanes() }
        guard let ledger = world.store.ledger(of: TailSimulation.output) else { throw Violation("the ledger has gone") }
        tail = Tail(settings: settings, ledger: ledger, window: window)
        try handle(.started)
    }

    private var serverNow: Instant { (SimulatedWorld.beginning + clock).wholeSecond }

    private var outstanding: Int {
        pending.count { pending in
            switch pending {
            case .action(.deliver), .action(.setApart), .event(.answered): true
            default: false
            }
        }
    }
}

// MARK: What has to hold
extension TailSimulation {
    /// The ledger is never ahead of the output.
    private func check(_ change: LedgerChange) throws {
        for id in change.acknowledged.flatMap(\.ids) {
            try demand(world.acknowledged[id] != nil, "audit \(id) is committed and was not acknowledged")
        }
        try demand(change.lost.isEmpty, "time is called lost that the API still gives: \(change.lost)")
        for (lane, coverage) in change.coverage {
            if let end = coverage.end {
                try demand(end <= serverNow - settings.settle, "\(lane) is covered up to \(end), and it is \(serverNow)")
            }
            for entry in world.archive.entries where coverage.contains(entry.audit.instant) && isWanted(entry, in: lane) {
                let isPrompt = entry.visibleAt <= entry.audit.instant + settings.settle
                let isKept = world.acknowledged[identity(entry)] != nil
                try demand(isKept || !isPrompt, "\(entry.audit.json) is covered, not acknowledged")
            }
        }
    }

    private func checkEnd() throws {
        let widest = Lane(service: nil, endpoint: settings.sweep == nil ? .realtime : .asynchronous)
        for entry in world.archive.entries where isWanted(entry, in: widest) {
            let count = world.acknowledged[identity(entry)] ?? 0
            try demand(count > 0, "\(entry.audit.json), visible at \(entry.visibleAt), was never delivered (\(crashes) crashes)")
        }
        for (id, count) in world.acknowledged {
            try demand(count <= 1 + (excused[id] ?? 0), "audit \(id) was delivered \(count) times (\(crashes) crashes)")
        }
        let ledger = world.store.ledger(of: TailSimulation.output)
        for lane in tail.schedule.lanes {
            try demand(ledger?.gaps(of: lane).isEmpty ?? false, "gaps are left: \(ledger?.gaps(of: lane) ?? [])")
        }
        let late = world.archive.entries.count { $0.visibleAt > $0.audit.instant + settings.settle }
        try demand(ledger?.late.count ?? 0 <= late, "\(ledger?.late.count ?? 0) audits are called late, and \(late) were")
        try demand(tail.status.unacknowledged == 0, "\(tail.status.unacknowledged) audits are unacknowledged at the end")
    }

    private func isWanted(_ entry: SampleArchive.Entry, in lane: Lane) -> Bool {
        entry.audit.instant >= start && world.archive.shows(entry, lane)
    }

    private func identity(_ entry: SampleArchive.Entry) -> AuditID {
        entry.audit.id.map { AuditID($0) } ?? .text("\u{0}" + entry.audit.json)
    }

    private static func settings(_ random: inout SampleGenerator, seed: UInt64) -> TailSettings {
        var settings = TailSettings(output: output)
        settings.seed = seed
        settings.batchEvents = random.number(1...20)
        settings.batchBytes = random.number(200...4000)
        settings.unacknowledgedBytes = random.number(500...20_000)
        settings.uncommittedIDs = random.number(10...200)
        settings.idRetention = .seconds([6000, 3 * 86_400][random.number(0...1)])
        settings.asynchronousLag = .seconds([0, 300][random.number(0...1)])
        settings.longestRealtimeGap = .seconds([60, 900, 21_600][random.number(0...2)])
        settings.realtimeRetention = .seconds([1500, 14 * 86_400][random.number(0...1)])
        settings.firstReconcile = .seconds(random.number(0...300))
        settings.reading.looksAtQuery = random.number(5...12)
        settings.reading.asynchronousWindowRows = random.number(30...300)
        settings.reading.asynchronousComfortableRows = 40
        // Far enough for the last one to show everything that came late.
        settings.sweep = .init(every: .seconds(random.number(60...400)), back: .seconds(random.number(1500...3000)))
        settings.reconcile = random.happens(50) ? .init(every: .seconds(600), back: .seconds(4000)) : nil
        if random.happens(25) {
            settings.sweep = nil
            settings.reconcile = nil
            settings.realtimeRetention = .seconds(14 * 86_400)
        }
        settings.laneInterval = .seconds(60)
        settings.reading.pageSize = random.number(8...40)
        settings.reading.smallestPageSize = 5
        settings.reading.windowRows = random.number(30...200)
        settings.reading.comfortableRows = 25
        let end = SimulatedWorld.beginning + .seconds(900)
        settings.end = TailSettings.End(readUntil: end, coverUntil: end)
        return settings
    }
}
