import AuditCore

/// The asynchronous queries that were asked, with what each found at that moment.
struct Transactions: Sendable {
    /// Older ones are forgotten.
    static let mostTransactions = 100
    /// So are older ones of a set that is larger; the newest is always kept.
    static let mostAudits = 4_000_000

    enum Fate: Sendable, Equatable {
        case succeeds
        case runsForEver
        case fails
        case isCancelled
        /// Nobody knows it once its creation was answered.
        case vanishes
    }

    struct Transaction: Sendable {
        let id: AuditID
        let created: Instant
        var fate: Fate
        /// In the order of the query.
        let audits: [Audit]
        /// The members of the status answer that repeat the request, as JSON.
        let echo: [UInt8]

        /// Queued for a quarter of the delay, running for the rest of it.
        func state(now: Instant, delay: Duration) -> String {
            let age = now - created
            if age < delay / 4 { return "Queued" }
            if age < delay || fate == .runsForEver { return "Running" }
            switch fate {
            case .fails: return "Failed"
            case .isCancelled: return "Cancelled"
            case .succeeds, .runsForEver, .vanishes: return "Succeeded"
            }
        }

        /// Where to go on after so many audits. Opaque to clients, and good for this transaction only.
        func cursor(at offset: Int) -> String { String(UInt64(offset) ^ key, radix: 36) }

        func offset(of cursor: String) -> Int? {
            guard let number = UInt64(cursor, radix: 36) else { return nil }
            let offset = number ^ key
            return offset < UInt64(audits.count) ? Int(offset) : nil
        }

        private var key: UInt64 {
            guard case .uuid(let high, let low) = id else { return 0 }
            return RandomSource(seed: high ^ low).first
        }
    }

    private var transactions: [Transaction] = []

    subscript(id: AuditID) -> Transaction? { transactions.last { $0.id == id } }

    /// Those that run for ever succeed after all.
    mutating func release() {
        for index in transactions.indices where transactions[index].fate == .runsForEver { transactions[index].fate = .succeeds }
    }

    mutating func add(_ transaction: Transaction) {
        guard transaction.fate != .vanishes else { return }
        transactions.append(transaction)
        var audits = transactions.reduce(0) { $0 + $1.audits.count }
        while transactions.count > Transactions.mostTransactions || audits > Transactions.mostAudits, transactions.count > 1 {
            audits -= transactions.removeFirst().audits.count
        }
    }
}

/// The files behind download addresses.
struct Downloads: Sendable {
    static let mostDownloads = 200
    static let lifetime = Duration.seconds(600)

    private var files: [(id: String, audits: [Audit], expires: Instant)] = []

    mutating func add(_ audits: [Audit], id: String, now: Instant) {
        files.append((id, audits, now + Downloads.lifetime))
        if files.count > Downloads.mostDownloads { files.removeFirst() }
    }

    /// `nil` for an unknown file and for one whose time is over.
    func audits(of id: String, now: Instant) -> [Audit]? {
        files.last { $0.id == id && now < $0.expires }?.audits
    }
}
