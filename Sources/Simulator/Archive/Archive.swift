import AuditCore
import HeapModule

/// All audits of the organization, and when each can be seen where. A value without a clock: every question brings the time.
struct Archive: Sendable {
    /// How the archive differs from one that shows everything at once.
    struct Delays: Sendable {
        /// How much later than realtime the asynchronous endpoint shows an audit.
        var asynchronous: Duration = .zero
        /// The part of the pending audits that a page of a longer answer lets out, by number; 0 for none.
        var releasedByPage = 0
    }

    /// An audit that exists but cannot be seen yet; the heap's order is the time when it can.
    private struct Pending: Comparable {
        let audit: Audit
        let due: Instant
        static func < (left: Pending, right: Pending) -> Bool { left.due < right.due }
        static func == (left: Pending, right: Pending) -> Bool { left.due == right.due }
    }

    let contents: any AuditContents
    private let delays: Delays
    private var stream: AuditStream?
    private var pending: Heap<Pending> = []
    private var followers: Heap<Pending> = []
    private var realtime: Lane
    private var byService: [UInt16: Lane] = [:]
    private(set) var asynchronous: Lane

    /// - Parameters:
    ///   - audits: what exists at `start`; those that cannot be seen yet are shown in their time.
    ///   - stream: what comes into existence afterwards.
    init(contents: any AuditContents, audits: [Audit], stream: AuditStream?, delays: Delays, start: Instant) {
        self.contents = contents
        self.delays = delays
        self.stream = stream
        let services = contents.services
        var visible: [Audit] = []
        visible.reserveCapacity(audits.count)
        for audit in audits {
            if audit.visible <= start { visible.append(audit) } else { pending.insert(Pending(audit: audit, due: audit.visible)) }
        }
        realtime = Lane(visible.filter { services[Int($0.service)].isRealtime })
        asynchronous = Lane(visible.filter { $0.visible + delays.asynchronous <= start })
        for audit in visible where audit.visible + delays.asynchronous > start {
            followers.insert(Pending(audit: audit, due: audit.visible + delays.asynchronous))
        }
    }

    /// Lets time pass up to `now`.
    ///
    /// - Returns: the audits that became visible, in that order.
    mutating func advance(to now: Instant) -> [Audit] {
        stream?.advance(to: now) { pending.insert(Pending(audit: $0, due: $0.visible)) }
        let arrivals = Archive.take(from: &pending, upTo: now)
        show(arrivals, now)
        return arrivals
    }

    /// Shows a few audits of an interval that nobody could see before, as they arrive while somebody pages. They are of services that realtime
    /// carries: others would shift no page, and show up behind a reader of the asynchronous endpoint who is done.
    mutating func release(from start: Instant, to end: Instant, now: Instant) -> [Audit] {
        guard delays.releasedByPage > 0 else { return [] }
        let services = contents.services
        var kept: [Pending] = []
        var arrivals: [Audit] = []
        for entry in pending.unordered {
            if arrivals.count < delays.releasedByPage, start <= entry.audit.instant, entry.audit.instant < end,
                entry.audit.instant <= now, services[Int(entry.audit.service)].isRealtime
            {
                var audit = entry.audit
                audit.visible = now
                arrivals.append(audit)
            } else {
                kept.append(entry)
            }
        }
        guard !arrivals.isEmpty else { return [] }
        pending = Heap(kept)
        show(arrivals, now)
        return arrivals
    }

    private mutating func show(_ arrivals: [Audit], _ now: Instant) {
        let services = contents.services
        realtime.insert(arrivals.filter { services[Int($0.service)].isRealtime })
        for service in byService.keys where !arrivals.isEmpty {
            byService[service]?.insert(arrivals.filter { $0.service == service })
        }
        guard delays.asynchronous > .zero else { return asynchronous.insert(arrivals) }
        for audit in arrivals { followers.insert(Pending(audit: audit, due: audit.visible + delays.asynchronous)) }
        asynchronous.insert(Archive.take(from: &followers, upTo: now))
    }

    private static func take(from heap: inout Heap<Pending>, upTo now: Instant) -> [Audit] {
        var audits: [Audit] = []
        while let next = heap.min, next.due <= now {
            audits.append(next.audit)
            heap.removeMin()
        }
        return audits
    }

    /// What the realtime endpoint can show: of all the services that it carries, or of one.
    mutating func realtimeLane(_ service: UInt16?) -> Lane {
        guard let service else { return realtime }
        guard contents.services[Int(service)].isRealtime else { return Lane() }
        if let lane = byService[service] { return lane }
        let lane = Lane(realtime.audits.filter { $0.service == service })
        byService[service] = lane
        return lane
    }

    /// When the asynchronous endpoint shows an audit that realtime would show at `audit.visible`.
    func asynchronousInstant(of audit: Audit) -> Instant { audit.visible + delays.asynchronous }

    /// Every audit that can be seen by now on either endpoint, in the order of time.
    var shown: [Audit] {
        guard delays.asynchronous > .zero else { return asynchronous.audits }
        var lane = asynchronous
        lane.insert(followers.unordered.map(\.audit))
        return lane.audits
    }
}
