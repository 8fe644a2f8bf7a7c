import AuditCore
import DequeModule

/// The batches between reading and acknowledgement, and what becomes true when they are acknowledged.
struct DeliveryQueue: Sendable {
    /// What is true once everything that was read before it is acknowledged.
    struct Mark: Sendable {
        enum Meaning: Sendable {
            case covered(Lane, Interval)
            /// How far a ring's query is read; `nil` where it is done.
            case progress(Ring, QueryProgress?)
            /// All that is lost of a lane.
            case lost(Lane, Coverage)
        }

        let after: Int
        let meaning: Meaning
    }

    enum Effect {
        /// `apart` of its audits went to the dead letters.
        case acknowledged(Batch, apart: Int, recovered: Bool)
        case refused(reason: String, retryIn: Duration)
        /// Refused once more while the wait is on.
        case stillRefused
        case ended(Refusal)
    }

    /// Batches that the output has not taken into its hands yet: the one that it works at, and the next. While it refuses, one is
    /// enough to find out whether it still does.
    private static let untaken = (working: 2, refusing: 1)

    private let window: Int
    private var untaken = 0
    private var backoff: Backoff
    private var notBefore = Duration.zero
    private var lastSequence = 0
    /// Bytes handed in since the output was asked to settle what it owes.
    private var undrained = 0
    private var waiting: Deque<Batch> = []
    private var handedIn: [Int: Batch] = [:]
    /// How many audits of a batch are on their way to the dead letters.
    private var apart: [Int: Int] = [:]
    private var marks: Deque<Mark> = []
    /// The bytes of the batches, and the number of their audits.
    private(set) var bytes = 0
    private(set) var count = 0

    init(window: Int, backoff: Backoff) {
        self.window = window
        self.backoff = backoff
    }

    var isEmpty: Bool { waiting.isEmpty && handedIn.isEmpty && marks.isEmpty }

    /// Whether the output is to settle what it owes: because nothing follows, or because it owes more than `bytes`. Says so once.
    mutating func shouldDrain(isLast: Bool, bytes: Int) -> Bool {
        guard undrained > 0, !handedIn.isEmpty, undrained >= bytes || (isLast && waiting.isEmpty) else { return false }
        undrained = 0
        return true
    }

    mutating func append(
        _ audits: [RawAudit], of page: AuditPage, late: LateArrivals = LateArrivals(), seen: Duration = .zero
    ) {
        append(Batch(sequence: lastSequence + 1, page: page, audits: audits, late: late, seen: seen))
    }

    /// - Returns: the number of its batch.
    @discardableResult
    mutating func append(_ record: StreamRecord, of output: String, at now: Instant) -> Int {
        let page = record.page(of: output, at: now)
        append(Batch(sequence: lastSequence + 1, page: page, audits: page.audits, isRecord: true))
        return lastSequence
    }

    private mutating func append(_ batch: Batch) {
        lastSequence = batch.sequence
        waiting.append(batch)
        bytes += batch.auditBytes
        count += batch.auditCount
    }

    mutating func mark(_ meaning: Mark.Meaning) { marks.append(Mark(after: lastSequence, meaning: meaning)) }

    /// The next batch to hand in; `nil` while the output has its fill, or is left alone after a refusal.
    mutating func next(at now: Duration) -> Batch? {
        guard hasPlace, now >= notBefore, let batch = waiting.popFirst() else { return nil }
        handedIn[batch.sequence] = batch
        untaken += 1
        undrained += batch.byteCount
        return batch
    }

    /// Ends a wait: the next batch may be handed in at once.
    mutating func retryNow() { notBefore = .zero }

    /// When there will be a next batch without another event: the wait after a refusal lasts, even if an older batch is acknowledged in it.
    var wake: Duration? { hasPlace && !waiting.isEmpty ? notBefore : nil }

    private var hasPlace: Bool {
        handedIn.count < window && untaken < (backoff.isFailing ? DeliveryQueue.untaken.refusing : DeliveryQueue.untaken.working)
    }

    /// The output has a batch in its hands, whatever it will answer.
    mutating func taken() { untaken -= 1 }

    /// A batch that was refused for good, as a whole or in some places, on its way to the dead letters. It is acknowledged when they have it.
    mutating func handOver(_ sequence: Int, _ places: [Int]? = nil) -> Batch? {
        guard let batch = handedIn[sequence] else { return nil }
        untaken += 1
        let refused = places.map(batch.keeping) ?? batch
        apart[sequence] = refused.audits.count
        return refused
    }

    mutating func answered(_ sequence: Int, _ answer: Answer, at now: Duration) -> Effect {
        guard let batch = handedIn.removeValue(forKey: sequence) else {
            preconditionFailure("batch \(sequence) was answered twice")
        }
        let apart = apart.removeValue(forKey: sequence) ?? 0
        switch answer {
        case .acknowledged, .acknowledgedExcept:
            bytes -= batch.auditBytes
            count -= batch.auditCount
            let recovered = backoff.isFailing
            backoff.succeeded()
            return .acknowledged(batch, apart: apart, recovered: recovered)
        case .refusedForNow(let refusal), .refusedForGood(let refusal):
            let place = waiting.firstIndex { $0.sequence > sequence } ?? waiting.endIndex
            waiting.insert(batch, at: place)
            if refusal.isFinal { return .ended(refusal) }
            if backoff.isFailing, now < notBefore { return .stillRefused }
            let wait = backoff.failed(asked: refusal.delay)
            notBefore = now + wait
            return .refused(reason: refusal.reason, retryIn: wait)
        }
    }

    /// What has become true.
    mutating func settled() -> [Mark] {
        let oldest = min(waiting.first?.sequence ?? .max, handedIn.keys.min() ?? .max)
        var settled: [Mark] = []
        while let mark = marks.first, mark.after < oldest { settled.append(marks.removeFirst()) }
        return settled
    }
}

/// Records are few and small, and are not held back by what is full of audits.
extension Batch {
    var auditCount: Int { isRecord ? 0 : audits.count }
    var auditBytes: Int { isRecord ? 0 : byteCount }
}
