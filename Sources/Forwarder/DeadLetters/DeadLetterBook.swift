import AuditCore
import Engine
import NIOConcurrencyHelpers

/// What becomes of the letters of a replay.
struct DeadLetterBook: Sendable {
    /// Where a letter stands in the file, and its audit in the batch.
    struct Place: Sendable {
        let range: Range<Int>
        let audit: RawAudit
    }

    /// Letters that stay.
    struct Kept: Sendable {
        var range: Range<Int>
        /// One that was refused for good once more, with the new reason; `nil` for whole lines that are as they were.
        var refused: (audit: RawAudit, page: AuditPage, reason: String)?
    }

    private(set) var delivered = 0
    private(set) var refused = 0
    /// Letters that stay as they were.
    private(set) var unreached = 0
    private(set) var kept: [Kept] = []
    private(set) var damaged: [Int] = []
    /// Why the output took no more.
    private(set) var refusal: String?
    /// Whether letters were left since the replay was told to stop.
    private(set) var isStopped = false
    private var mayGoOn = true
    private var pending: [Int: (page: AuditPage, places: [Place])] = [:]

    /// Batches without an answer.
    var owed: Int { pending.count }
    /// Whether nothing more is to be handed in.
    var isOver: Bool { refusal != nil || !mayGoOn }

    mutating func stop() { mayGoOn = false }

    mutating func handedIn(_ batch: Batch, _ places: [Place]) { pending[batch.sequence] = (batch.page, places) }

    mutating func answered(_ sequence: Int, _ answer: Answer) {
        guard let (page, places) = pending.removeValue(forKey: sequence) else { return }
        switch answer {
        case .acknowledged: delivered += places.count
        case .acknowledgedExcept(let refusals, let refusal):
            delivered += places.count - refusals.count
            keep(refusals.map { places[$0] }, page, refusal)
        case .refusedForGood(let refusal): keep(places, page, refusal)
        case .refusedForNow(let refusal):
            self.refusal = self.refusal ?? refusal.reason
            keep(places)
        }
    }

    private mutating func keep(_ places: [Place], _ page: AuditPage, _ refusal: Refusal) {
        refused += places.count
        kept += places.map { Kept(range: $0.range, refused: ($0.audit, page, refusal.reason)) }
    }

    /// They were not handed in, or not answered.
    mutating func keep(_ places: [Place]) {
        unreached += places.count
        if !mayGoOn { isStopped = isStopped || !places.isEmpty }
        for place in places { keep(place.range) }
    }

    mutating func keepDamaged(_ line: Int, _ range: Range<Int>) {
        damaged.append(line)
        keep(range)
    }

    /// The output has gone: what it has not answered stays.
    mutating func closed() {
        for (_, places) in pending.values { keep(places) }
        pending = [:]
    }

    private mutating func keep(_ range: Range<Int>) {
        if let last = kept.last, last.refused == nil, last.range.upperBound == range.lowerBound {
            kept[kept.count - 1].range = last.range.lowerBound..<range.upperBound
        } else {
            kept.append(Kept(range: range))
        }
    }
}
