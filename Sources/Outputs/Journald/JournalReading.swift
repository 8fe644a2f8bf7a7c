/// Looks for what was sent in the journal. Called from one thread at a time.
protocol JournalReading: Sendable {
    /// The places (AUDITFERRY_PLACE) of the entries with this AUDITFERRY_BATCH.
    func places(of token: String) throws -> Set<Int>
    /// How many messages of the unit journald says to have dropped by its rate limit since `start` (microseconds of the real-time clock), and
    /// when it said so last.
    func dropped(of unit: String, since start: UInt64) throws -> (count: Int, last: UInt64)
}

struct JournalReadingFailure: Error, CustomStringConvertible {
    let description: String
}

/// The journal as libsystemd reads it.
struct SystemdJournal: JournalReading {
    /// MESSAGE_ID of journald's report of dropped messages (sd-messages(3), SD_MESSAGE_JOURNAL_DROPPED).
    private static let droppedMessageID = "a596d6fe7bfa4994828e72309e95d61e"
    private static let mostChanges = 1000

    private let library: SystemdLibrary
    private let place: JournalPlace
    private let opened = OpenedJournals()

    /// `nil` where the machine has no libsystemd.
    init?(_ place: JournalPlace) {
        guard let library = SystemdLibrary.shared else { return nil }
        self.library = library
        self.place = place
    }

    func places(of token: String) throws -> Set<Int> {
        var places: Set<Int> = []
        try forEachEntry(["AUDITFERRY_BATCH=\(token)"]) { journal in
            if let place = journal.field("AUDITFERRY_PLACE").flatMap({ Int($0) }) { places.insert(place) }
            return true
        }
        return places
    }

    func dropped(of unit: String, since start: UInt64) throws -> (count: Int, last: UInt64) {
        var (count, last) = (0, start)
        try forEachEntry(["MESSAGE_ID=\(SystemdJournal.droppedMessageID)", "OBJECT_SYSTEMD_UNIT=\(unit)"]) { journal in
            guard let time = journal.time, time > start else { return false }
            count += journal.field("N_DROPPED").flatMap { Int($0) } ?? 0
            last = max(last, time)
            return true
        }
        return (count, last)
    }

    /// The entries that have all of `matches`, the latest of each directory first, as long as `body` says so.
    private func forEachEntry(_ matches: [String], _ body: (OpenedJournal) -> Bool) throws {
        for directory in [place.persistentDirectory, place.volatileDirectory] {
            guard let journal = try opened.journal(directory, library) else { continue }
            try journal.select(matches, mostChanges: SystemdJournal.mostChanges)
            while try journal.previous(), body(journal) {}
        }
    }
}
