import Engine
import Logging

/// One batch after the other to journald, each until the evidence is there. Called from one thread at a time.
struct JournaldDelivery: Sendable {
    /// How long is waited for what does not come.
    struct Bounds: Sendable {
        /// For journald to take one more entry.
        var stall = Duration.seconds(10)
        /// For the answer to synchronize.
        var answer = Duration.seconds(30)
        /// For one more entry to be seen in the journal, once journald has taken all of them.
        var sight = Duration.seconds(5)
    }

    struct Missing: Error, CustomStringConvertible {
        let count: Int
        let total: Int

        var description: String {
            "\(count) of \(total) entries did not come into the journal; they are kept out by its rate limit (lifted by "
                + "'LogRateLimitIntervalSec=0' in this program's unit), by 'MaxLevelStore=' or 'Storage=', or for want of room"
        }
    }

    struct Unreachable: Error, CustomStringConvertible {
        let description: String
    }

    private let fields: JournalFields
    private let evidence: JournaldEvidence
    private let place: JournalPlace
    private let journal: (any JournalReading)?
    private let bounds: Bounds
    /// Different for every output that there ever was.
    private let name = JournaldDelivery.randomName()
    private var attempts = 0
    private var socket: JournalSocket?
    private var synchronization: JournalSynchronization?
    private var files: JournalFiles
    /// Places of a refused batch that are in the journal already.
    private var known: (sequence: Int, places: Set<Int>) = (0, [])
    private var drops: DropReports

    init(
        _ fields: JournalFields, _ evidence: JournaldEvidence, _ place: JournalPlace, _ journal: (any JournalReading)?,
        _ bounds: Bounds, _ logger: Logger
    ) {
        self.fields = fields
        self.evidence = evidence
        self.place = place
        self.journal = journal
        self.bounds = bounds
        files = JournalFiles(place)
        drops = DropReports(unit: ControlGroup.unit, logger: logger)
    }

    /// - Throws: where the batch is refused for now.
    mutating func deliver(_ batch: Batch, on thread: BlockingThread) throws -> Answer {
        if known.sequence != batch.sequence { known = (batch.sequence, []) }
        do {
            let refused = try deliverRest(of: batch, thread)
            known.places = []
            return refused.isEmpty ? .acknowledged : .acknowledgedExcept(refused, JournaldDelivery.tooLarge)
        } catch {
            // Whatever it was, the next attempt asks the system anew.
            socket = nil
            synchronization = nil
            throw error
        }
    }

    private static var tooLarge: Refusal {
        Refusal("journald: the entry is larger than the \(JournalEntry.mostBytes) bytes that journald takes")
    }

    /// - Returns: places of what is too large to be sent.
    private mutating func deliverRest(of batch: Batch, _ thread: BlockingThread) throws -> [Int] {
        var wait = BoundedWait(bounds.stall, on: thread)
        let socket = try connected()
        if evidence.synchronizes, synchronization == nil {
            synchronization = try JournalSynchronization(connectingTo: place.synchronizeSocket, &wait)
        }
        if evidence.syncs { files.begin() }
        attempts += 1
        let token = "\(name)-\(attempts)"
        var sent: Set<Int> = []
        var refused: [Int] = []
        for (index, audit) in batch.audits.enumerated() where !known.places.contains(index) {
            let entry = fields.entry(audit, of: batch, mark: evidence.reads ? (token, index) : nil)
            if entry.count > JournalEntry.mostBytes {
                refused.append(index)
                continue
            }
            try socket.send(entry, &wait)
            sent.insert(index)
        }
        try waitUntilDone(socket, &wait, thread)
        if evidence.reads { try look(for: sent, token, thread) }
        if evidence.syncs { try files.sync() }
        return refused
    }

    private mutating func connected() throws -> JournalSocket {
        if let socket { return socket }
        do throws(SystemError) {
            let opened = try JournalSocket(connectingTo: place.socket)
            socket = opened
            return opened
        } catch {
            throw Unreachable(description: "its socket '\(place.socket)': \(error)")
        }
    }

    private func waitUntilDone(_ socket: JournalSocket, _ wait: inout BoundedWait, _ thread: BlockingThread) throws {
        guard let synchronization else { return try socket.waitUntilTaken(&wait) }
        var answer = BoundedWait(bounds.answer, on: thread)
        try synchronization.run(&answer)
    }

    /// - Throws: `Missing` where entries are not in the journal. Those that are need not be sent again.
    private mutating func look(for sent: Set<Int>, _ token: String, _ thread: BlockingThread) throws {
        guard let journal else { throw JournalReadingFailure(description: "there is no libsystemd to read the journal with") }
        var wait = BoundedWait(bounds.sight, on: thread)
        var found: Set<Int> = []
        while true {
            let seen = try journal.places(of: token)
            if seen.count > found.count { wait.progressed() }
            found = seen
            if found.isSuperset(of: sent) { return drops.look(journal) }
            // After its answer to synchronize nothing more is to come.
            guard synchronization == nil, try wait.again() else { break }
        }
        known.places.formUnion(found)
        drops.expect()
        drops.look(journal)
        throw Missing(count: sent.subtracting(found).count, total: sent.count)
    }

    /// 128 random bits.
    private static func randomName() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
