import AuditCore

/// The place of one ring in a tail: at most one pass at a time, at most one read at a time.
struct PassSlot: Sendable {
    let ring: Ring
    private(set) var pass: Pass?
    /// An event is owed to it: a page, or ids from the store.
    var isWaiting = false
    private var notBefore = Duration.zero
    private var backoff: Backoff
    /// Audits of this pass that were new.
    private(set) var fresh = 0
    /// Nothing later is covered by this pass: the server's now at its beginning, less the settle margin.
    private(set) var coverableUntil = Instant.distantPast

    init(ring: Ring, backoff: Backoff) {
        self.ring = ring
        self.backoff = backoff
    }

    mutating func begin(_ pass: Pass, coverableUntil: Instant) {
        self.pass = pass
        self.coverableUntil = coverableUntil.wholeSecond
        fresh = 0
    }

    mutating func end() { pass = nil }

    /// Ends the pass for the sake of others, which need not wait for what it waited for.
    mutating func release() {
        pass = nil
        notBefore = .zero
    }

    /// How often reading failed in a row.
    var failures: Int { backoff.failures }

    func isReady(at now: Duration) -> Bool { pass != nil && !isWaiting && now >= notBefore }

    /// When it can go on without another event.
    var wake: Duration? { pass != nil && !isWaiting && backoff.isFailing ? notBefore : nil }

    /// What the pass makes of a page, and whether reading had failed before.
    mutating func received(_ reading: PageReading, fresh: Int, horizon: Instant) -> (outcome: Pass.Outcome, recovered: Bool)? {
        guard var pass else { return nil }
        let recovered = backoff.isFailing
        backoff.succeeded()
        self.fresh += fresh
        let outcome = pass.received(reading, horizon: horizon)
        self.pass = pass
        return (outcome, recovered)
    }

    /// Lets the pass decide on a failure of its own kind.
    mutating func decide(_ decision: (inout Pass) -> Pass.Outcome) -> Pass.Outcome? {
        guard var pass else { return nil }
        let outcome = decision(&pass)
        self.pass = pass
        return outcome
    }

    /// - Returns: how long the pass waits.
    mutating func failed(at now: Duration, asked: Duration?) -> Duration {
        let wait = backoff.failed(asked: asked)
        notBefore = now + wait
        return wait
    }

    /// The part of a window that may be called covered.
    ///
    /// - Parameters:
    ///   - settled: the server's now less the settle margin: it may be earlier than at the beginning, when the server's clock was wrong.
    ///   - horizon: the oldest instant that the endpoint still gives: what is older may have gone before it was read.
    func coverable(_ window: Interval, settled: Instant, horizon: Instant) -> Interval? {
        let start = max(window.start, horizon)
        let end = min(window.end, coverableUntil, settled.wholeSecond)
        return start < end ? Interval(start, end) : nil
    }
}
