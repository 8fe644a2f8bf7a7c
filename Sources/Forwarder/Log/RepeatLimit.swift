import Logging

/// How often the log says the same: a value that is told each entry and the time, and says what is to be written.
///
/// Entries at warning and above are the same where their level, their message and their subject are. So many of them are written an
/// interval; of the others the last one is, with their number as `repeated`, when the interval is over or something of that subject
/// works again. While they go on, that is one entry an interval. Entries that say that something works again are always written, and
/// the next of that subject is too: the log never ends with a recovery while the thing is down again.
struct RepeatLimit: Sendable {
    /// More than any retry with growing pauses takes in an interval.
    static let burst = 10
    static let interval = Duration.seconds(60)
    /// Beyond these the oldest is forgotten, after it was told how often it was held back.
    static let mostSubjects = 256
    /// The metadata that name what an entry is about.
    static let subjectKeys = ["output", "lane", "requests", "path", "api"]

    struct Decision: Sendable {
        /// To be written, in this order.
        var entries: [LogEntry] = []
        /// When to ask `due` at the latest, where something is held back.
        var wake: Duration?
    }

    private struct Subject: Hashable {
        let level: Logger.Level
        let message: String
        let names: [String]
    }

    private struct Course {
        var start: Duration
        var written = 0
        var held: (last: LogEntry, count: Int)?

        var end: Duration { start + RepeatLimit.interval }
    }

    private var courses: [Subject: Course] = [:]

    /// How many subjects are remembered.
    var count: Int { courses.count }

    /// Times are those of one clock that only runs forward.
    mutating func admit(_ entry: LogEntry, at now: Duration) -> Decision {
        var decision = due(at: now)
        let names = RepeatLimit.names(entry)
        if entry.isRecovery {
            decision.entries += release { $0.names == names }
            decision.entries.append(entry)
            letNextPass { $0.names == names }
        } else if entry.level < .warning {
            decision.entries.append(entry)
        } else {
            let subject = Subject(level: entry.level, message: entry.message, names: names)
            decision.entries += makeRoom(for: subject)
            if take(entry, subject, at: now) { decision.entries.append(entry) }
        }
        decision.wake = wake
        return decision
    }

    /// What is told of entries that were held back, now that their interval is over.
    mutating func due(at now: Duration) -> Decision {
        var entries: [LogEntry] = []
        for subject in oldestFirst where courses[subject].map({ $0.end <= now }) ?? false {
            // One that is still being held back gets no new burst.
            if let entry = tell(subject) { entries.append(entry) } else { courses[subject] = nil }
            courses[subject]?.start = now
        }
        return Decision(entries: entries, wake: wake)
    }

    /// What is told of all entries that were held back, before the end.
    mutating func end() -> [LogEntry] { release { _ in true } }

    private var oldestFirst: [Subject] { courses.sorted { $0.value.start < $1.value.start }.map(\.key) }

    private var wake: Duration? { courses.values.filter { $0.held != nil }.map(\.end).min() }

    private mutating func take(_ entry: LogEntry, _ subject: Subject, at now: Duration) -> Bool {
        var course = courses[subject] ?? Course(start: now)
        defer { courses[subject] = course }
        guard course.written >= RepeatLimit.burst else {
            course.written += 1
            return true
        }
        course.held = (entry, (course.held?.count ?? 0) + 1)
        return false
    }

    private mutating func makeRoom(for subject: Subject) -> [LogEntry] {
        guard courses[subject] == nil, courses.count >= RepeatLimit.mostSubjects,
            let oldest = courses.min(by: { $0.value.start < $1.value.start })?.key
        else { return [] }
        defer { courses[oldest] = nil }
        return [tell(oldest)].compactMap { $0 }
    }

    private mutating func release(_ isMeant: (Subject) -> Bool) -> [LogEntry] {
        oldestFirst.filter(isMeant).compactMap { tell($0) }
    }

    /// One only: what comes and goes all the time writes a pair each time, and no burst.
    private mutating func letNextPass(_ isMeant: (Subject) -> Bool) {
        for subject in courses.keys.filter(isMeant) {
            courses[subject].map { courses[subject]?.written = min($0.written, RepeatLimit.burst - 1) }
        }
    }

    private mutating func tell(_ subject: Subject) -> LogEntry? {
        guard let held = courses[subject]?.held else { return nil }
        courses[subject]?.held = nil
        var entry = held.last
        entry.metadata["repeated"] = "\(held.count)"
        return entry
    }

    private static func names(_ entry: LogEntry) -> [String] {
        subjectKeys.map { key in entry.metadata[key].map { "\($0)" } ?? "" }
    }
}
