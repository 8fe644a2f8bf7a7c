import AuditCore
import Engine

/// A batch as messages, those that have been taken before and those that are too large left out.
struct RELPMessages: Sendable {
    let sequence: Int
    /// Which audits of the batch they are.
    private(set) var places: [Int] = []
    /// Which are larger than what may be sent.
    private(set) var tooLarge: [Int] = []
    /// Bytes of the largest that may be sent.
    private(set) var largest = 0
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(_ batch: Batch, as format: MessageFormat, upTo limit: Int, without taken: Set<Int> = []) {
        sequence = batch.sequence
        bytes.reserveCapacity(batch.byteCount + batch.audits.count * 256)
        for (place, audit) in batch.audits.enumerated() where !taken.contains(place) {
            let start = bytes.count
            format.append(audit, of: batch.page, to: &bytes)
            let size = bytes.count - start
            if size > limit {
                bytes.removeLast(size)
                tooLarge.append(place)
            } else {
                largest = max(largest, size)
                places.append(place)
                ends.append(bytes.count)
            }
        }
    }

    /// - Parameter index: into `places`.
    func payload(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }
}

/// What became of the messages of one batch in one session.
struct RELPTally: Sendable, Equatable {
    let sequence: Int
    /// Those without an answer, sent or not.
    var unanswered: Int
    /// Places in the batch that were answered with 200.
    var taken: [Int] = []
    /// And with something else.
    var refused: [Refused] = []

    struct Refused: Sendable, Equatable {
        let place: Int
        let code: Int
    }
}
