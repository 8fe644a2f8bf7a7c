import Glibc
import NIOConcurrencyHelpers

/// The journals of directories, opened when they are first looked at.
final class OpenedJournals: Sendable {
    private let journals = NIOLockedValueBox<[String: OpenedJournal]>([:])

    /// `nil` where there is no such directory.
    func journal(_ directory: String, _ library: SystemdLibrary) throws -> OpenedJournal? {
        guard access(directory, F_OK) == 0 else {
            journals.withLockedValue { $0[directory] = nil }
            return nil
        }
        if let journal = journals.withLockedValue({ $0[directory] }) { return journal }
        let journal = try OpenedJournal(directory, library)
        // What cannot be watched would not see the files to come.
        if journal.isWatched { journals.withLockedValue { $0[directory] = journal } }
        return journal
    }
}

/// One directory's journal in libsystemd's hands (sd-journal(3)). Used by one thread at a time.
final class OpenedJournal: Sendable {
    let isWatched: Bool
    private let library: SystemdLibrary
    nonisolated(unsafe) private let journal: OpaquePointer

    init(_ directory: String, _ library: SystemdLibrary) throws {
        var opened: OpaquePointer?
        let code = library.openDirectory(&opened, directory, 0)
        guard code >= 0, let opened else { throw OpenedJournal.failure(code, "opened") }
        journal = opened
        self.library = library
        // With this, libsystemd follows the directory.
        isWatched = library.descriptor(opened) >= 0
    }

    deinit { library.close(journal) }

    /// Goes behind the last of the entries that have all of `matches`, taking in what journald did to its files since.
    /// - Parameter mostChanges: rounds of changes before it is given up.
    func select(_ matches: [String], mostChanges: Int) throws {
        var rounds = 0
        while isWatched, try check(library.process(journal), "followed") > 0, rounds < mostChanges { rounds += 1 }
        library.flushMatches(journal)
        for match in matches { _ = try check(library.addMatch(journal, match, match.utf8.count), "searched") }
        _ = try check(library.seekTail(journal), "searched")
    }

    /// - Returns: whether there is an entry before.
    func previous() throws -> Bool { try check(library.previous(journal), "read") > 0 }

    /// The value of a field of the entry, where it is a text.
    func field(_ name: String) -> String? {
        var data: UnsafeRawPointer?
        var count = 0
        guard library.data(journal, name, &data, &count) >= 0, let data else { return nil }
        let bytes = UnsafeRawBufferPointer(start: data, count: count).dropFirst(name.utf8.count + 1)
        return String(validating: bytes, as: UTF8.self)
    }

    /// When journald took the entry, in microseconds of the real-time clock.
    var time: UInt64? {
        var time: UInt64 = 0
        return library.realTime(journal, &time) >= 0 ? time : nil
    }

    private func check(_ code: Int32, _ what: String) throws -> Int32 {
        if code < 0 { throw OpenedJournal.failure(code, what) }
        return code
    }

    private static func failure(_ code: Int32, _ what: String) -> JournalReadingFailure {
        JournalReadingFailure(description: "the journal cannot be \(what): \(SystemError(-code))")
    }
}
