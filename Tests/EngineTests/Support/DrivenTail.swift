import AuditCore
import EngineTesting

@testable import Engine

/// A tail whose wishes are fulfilled at once, under a clock that jumps from one deadline to the next.
struct DrivenTail {
    let settings: TailSettings
    private(set) var tail: Tail
    private(set) var clock = Duration.zero
    private(set) var store = StoredLedgers()
    private(set) var reports: [TailReport] = []
    /// How often each lane was read.
    private(set) var reads: [Lane: Int] = [:]
    /// What the tail said of itself in the stream.
    private(set) var records: [String] = []
    /// The output takes nothing.
    var isRefusing = false
    /// The ring whose questions the store does not answer.
    var waitingForStore: Ring?
    var archive = SampleArchive([])
    var lanes: [Lane] = [.all]
    /// The lanes that cannot be read.
    var failing: Set<Lane> = []
    /// The server's now when the clock begins.
    var server: Instant

    init(_ settings: TailSettings, start: Instant, lanes: [Lane: Coverage] = [:], server: Instant) throws {
        self.settings = settings
        self.server = server
        var begins = LedgerChange(output: settings.output)
        begins.start = start
        begins.coverage = lanes
        try store.commit(begins)
        tail = Tail(settings: settings, ledger: Ledger(start: start, lanes: lanes), window: 1)
    }

    var ledger: Ledger? { store.ledger(of: settings.output) }
    var lost: [Interval] {
        reports.compactMap { if case .beyondRetention(_, let interval) = $0 { interval } else { nil } }
    }

    /// Goes on from what was committed, as a process does that was started anew.
    mutating func restart(_ settings: TailSettings? = nil) throws {
        guard let ledger else { throw Violation("the ledger has gone") }
        tail = Tail(settings: settings ?? self.settings, ledger: ledger, window: 1)
        reports = []
    }

    mutating func run(for duration: Duration) throws {
        let end = clock + duration
        var alarms: [Duration] = []
        var events: [TailEvent] = [.started]
        while true {
            if events.isEmpty {
                guard let next = alarms.min(), next <= end else { break }
                alarms.removeAll { $0 <= next }
                clock = max(clock, next)
                events = [.woken]
            }
            for action in tail.handle(events.removeFirst(), at: Moment(clock: clock, server: server + clock)) {
                if case .wake(let deadline) = action { alarms.append(deadline) }
                events += try perform(action)
            }
        }
        clock = end
    }

    private mutating func perform(_ action: TailAction) throws -> [TailEvent] {
        switch action {
        case .findLanes: return [.lanes(.success(lanes))]
        case .load(let ring, _) where waitingForStore == ring: return []
        case .load(let ring, let interval):
            return [.loaded(ring, interval, .success(store.acknowledged(by: settings.output, in: interval)))]
        case .read(let ring, let request):
            reads[request.lane, default: 0] += 1
            return [.read(ring, read(request))]
        case .deliver(let batch), .setApart(let batch, _):
            if batch.isRecord { records.append(String(decoding: batch.page.bytes, as: UTF8.self)) }
            return [.taken, .answered(sequence: batch.sequence, isRefusing ? .refusedForNow(Refusal("down")) : .acknowledged)]
        case .commit(let change):
            try store.commit(change)
            return [.committed(.success(()))]
        case .report(let report): reports.append(report)
        case .wake, .drain, .finish: break
        }
        return []
    }

    private mutating func read(_ request: ReadRequest) -> Result<PageReading, ReadFailure> {
        guard !failing.contains(request.lane) else { return .failure(.refused("403")) }
        do throws(ReadFailure) {
            return .success(try archive.read(request, at: server + clock))
        } catch { return .failure(error) }
    }
}
