import Engine
import NIOConcurrencyHelpers

/// What receivers have taken of batches that were not acknowledged yet, and how often they refused the rest: across sessions, since a batch
/// is handed in again after a break.
///
/// The protocol has one code for success and none that tells why a message was not taken, so that a refusal is for now. But a receiver that
/// refuses one message again and again, while it takes others, will never take it, and everything would wait for it for ever: that
/// message is then refused for good.
final class RELPProgress: Sendable {
    /// How often one message is refused before that is for good.
    static let mostRefusals = 10
    /// Batches that are remembered. Of those that are forgotten messages are sent again that had been taken.
    static let mostBatches = 256

    fileprivate struct Refused {
        var count = 0
        /// How many messages had been taken before the first refusal.
        let takenBefore: Int
        var code = 0
    }

    fileprivate struct Known {
        /// Tells the batch from another one of the same number, of which nothing is known.
        var identity: Int?
        var taken: Set<Int> = []
        var refused: [Int: Refused] = [:]
    }

    fileprivate struct State {
        var batches: [Int: Known] = [:]
        /// Messages of all batches.
        var taken = 0
    }

    private let name: String
    private let largest: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - name: for people: what the output is and where it delivers to.
    ///   - largest: the bytes of the largest message that is sent.
    init(name: String, largest: Int) {
        self.name = name
        self.largest = largest
    }

    /// The places of a batch that need no delivery. Called for every batch that is handed in.
    func taken(of batch: Batch) -> Set<Int> {
        let identity = batch.audits.hashValue
        return state.withLockedValue { state in
            if let known = state.batches[batch.sequence], known.identity == identity { return known.taken }
            state.batches[batch.sequence] = Known(identity: identity)
            return []
        }
    }

    /// What a batch is answered with after a session.
    ///
    /// - Parameters:
    ///   - tooLarge: places that were not sent.
    ///   - failure: why the session ended, where it ended before the batch was settled.
    func answer(to tally: RELPTally, tooLarge: [Int], failure: Refusal?) -> Answer {
        state.withLockedValue { state in
            let known = state.note(tally)
            if let failure { return .refusedForNow(failure) }
            let hopeless = known.refused.filter { isHopeless($0.value, state.taken) }
            let open = tally.refused.filter { hopeless[$0.place] == nil }
            if let code = open.first?.code {
                return .refusedForNow(Refusal("\(name): the collector answered \(open.count) of the events with \(code)"))
            }
            state.batches[tally.sequence] = nil
            let apart = (tooLarge + tally.refused.map(\.place)).sorted()
            return apart.isEmpty ? .acknowledged : .acknowledgedExcept(apart, reason(tooLarge, hopeless.values.first?.code))
        }
    }

    private func isHopeless(_ refused: Refused, _ taken: Int) -> Bool {
        refused.count >= RELPProgress.mostRefusals && taken > refused.takenBefore
    }

    private func reason(_ tooLarge: [Int], _ code: Int?) -> Refusal {
        let size = "the event is larger than \(largest) bytes"
        guard let code else { return Refusal("\(name): \(size)") }
        let answer = "the collector answered the event with \(code) \(RELPProgress.mostRefusals) times, and took others"
        return Refusal("\(name): \(tooLarge.isEmpty ? answer : "\(size), or \(answer)")")
    }
}

extension RELPProgress.State {
    /// - Returns: what is known of the batch by now.
    fileprivate mutating func note(_ tally: RELPTally) -> RELPProgress.Known {
        var known = batches[tally.sequence] ?? .init()
        for refused in tally.refused {
            var times = known.refused[refused.place] ?? .init(takenBefore: taken)
            times.count += 1
            times.code = refused.code
            known.refused[refused.place] = times
        }
        known.taken.formUnion(tally.taken)
        for place in tally.taken { known.refused[place] = nil }
        taken += tally.taken.count
        batches[tally.sequence] = known
        while batches.count > RELPProgress.mostBatches, let oldest = batches.keys.min() { batches[oldest] = nil }
        return known
    }
}
