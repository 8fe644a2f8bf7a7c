import AuditCore
import Engine

/// What the tails owe under a plan, and what they may hold.
extension SimulationPlan {
    /// Whether an output has to get the entry in the end.
    func owes(_ entry: SampleArchive.Entry, to index: Int) -> Bool {
        let tail = tails[index]
        let settings = tail.settings
        guard entry.audit.instant >= tail.start, entry.audit.instant < settings.end?.readUntil ?? .distantFuture else {
            return false
        }
        let isRealtime = archive.shows(entry, .all)
        guard isRealtime || settings.sweep != nil else { return false }
        if kind == .dense { return true }
        let lag = isRealtime ? Duration.zero : archive.manners.asynchronousLag
        let overlap = isRealtime ? settings.overlap : max(settings.overlap, settings.asynchronousLag)
        let isPrompt = entry.visibleAt + lag <= entry.audit.instant + overlap - .seconds(20)
        if isPrompt, !(wronglyAhead?.contains(entry.audit.instant) ?? false) { return true }
        return [settings.sweep, settings.reconcile].contains { $0.map { isReread(entry, by: $0) } ?? false }
    }

    /// Whether a ring certainly reads it again after it has become visible: in time that is long enough and without trouble.
    private func isReread(_ entry: SampleArchive.Entry, by rereading: TailSettings.Rereading) -> Bool {
        let slack = Duration.seconds(7200)
        let visible = entry.visibleAt + archive.manners.asynchronousLag
        let until = min(entry.audit.instant + rereading.back - slack, deadline)
        guard visible < until else { return false }
        let bad = Coverage(
            troubles.map { trouble in
                guard case .rate(let wait) = trouble.kind else { return trouble.interval }
                return Interval(trouble.interval.start, trouble.interval.end + wait)
            })
        return bad.gaps(in: Interval(visible, until)).contains { $0.duration >= rereading.every + slack }
    }

    /// In bytes.
    func largestPage(of settings: TailSettings) -> Int { max(settings.reading.pageSize + 1, 20) * sizes.upperBound }

    /// The committed ids that a tail may remember: those of a window of each ring, and of the batches that reach into one.
    func mostRemembered(by settings: TailSettings) -> Int {
        let batches = 8 * max(settings.batchEvents, settings.reading.pageSize)
        return 4 * densestDay + batches
    }
}
