/// One session as a client has it, without the connection. Numbers, window, answers.
///
/// An answer belongs to the message whose transaction number it bears; the specification wants them in order and in any order, in two places,
/// and so either will do. Whatever has no answer when the session ends has not been taken.
struct RELPSession: Sendable {
    enum Event: Sendable, Equatable {
        /// Messages may be sent.
        case opened
        /// Every message of a batch has its answer.
        case settled(RELPTally)
        /// The peer ended the session, or agreed to its end.
        case ended
    }

    private enum Phase: Equatable {
        case unopened
        /// The transaction of `open`.
        case opening(Int)
        case open
        /// The transaction of `close`.
        case closing(Int)
        case ended
    }

    private struct Sent {
        let sequence: Int
        let place: Int
    }

    private struct Unsent {
        let messages: RELPMessages
        var next = 0
    }

    /// How many messages may be without an answer.
    private let window: Int
    private var phase = Phase.unopened
    private var last: Int
    private var unsent: [Unsent] = []
    private var sent: [Int: Sent] = [:]
    private var tallies: [Int: RELPTally] = [:]
    /// The name of the program on the other side, once it has told.
    private(set) var software: String?
    /// Answers of any kind, since the beginning.
    private(set) var answers: UInt64 = 0

    /// - Parameter last: the transaction before the first.
    init(window: Int, last: Int = 0) {
        self.window = window
        self.last = last
    }

    var isOpen: Bool { phase == .open }

    /// Whether the peer has to answer something.
    var isOwed: Bool {
        switch phase {
        case .opening, .closing: true
        case .open: !sent.isEmpty
        case .unopened, .ended: false
        }
    }

    /// Whether batches are not settled.
    var isBusy: Bool { !tallies.isEmpty }

    /// The first frame of the session.
    mutating func open() -> [UInt8] {
        let transaction = nextTransaction()
        phase = .opening(transaction)
        return RELPFrame(transaction: transaction, command: "open", data: RELPOffers.own).bytes
    }

    /// Takes a batch to send.
    /// - Precondition: it has messages, and is not in the session already.
    mutating func take(_ messages: RELPMessages) {
        unsent.append(Unsent(messages: messages))
        tallies[messages.sequence] = RELPTally(sequence: messages.sequence, unanswered: messages.places.count)
    }

    /// Appends the frames that may be sent now.
    /// - Returns: the batches that have been sent whole with them.
    mutating func send(into buffer: inout [UInt8]) -> [Int] {
        guard phase == .open else { return [] }
        var finished: [Int] = []
        while sent.count < window, var first = unsent.first {
            let transaction = nextTransaction()
            let messages = first.messages
            RELPFrame.append(transaction, RELPOffers.syslog, messages.payload(first.next), to: &buffer)
            sent[transaction] = Sent(sequence: messages.sequence, place: messages.places[first.next])
            first.next += 1
            if first.next == messages.places.count {
                unsent.removeFirst()
                finished.append(messages.sequence)
            } else {
                unsent[0] = first
            }
        }
        return finished
    }

    /// The last frame of the session; `nil` where one cannot be sent now.
    mutating func close() -> [UInt8]? {
        guard phase == .open, !isBusy else { return nil }
        let transaction = nextTransaction()
        phase = .closing(transaction)
        return RELPFrame(transaction: transaction, command: "close").bytes
    }

    mutating func received(_ frame: RELPFrame) throws(RELPBreach) -> Event? {
        if frame.transaction == 0 { return received(hint: frame) }
        guard frame.command == "rsp" else { throw RELPBreach("it sent a command") }
        answers += 1
        switch phase {
        case .opening(frame.transaction):
            guard let response = RELPResponse(frame.data) else { throw RELPBreach("an answer has no code") }
            try RELPOffers.check(response)
            software = response.offers["relp_software"]?.first
            phase = .open
            return .opened
        case .closing(frame.transaction):
            // Its answer may be empty.
            return .ended
        case .open:
            return try received(answer: frame)
        case .unopened, .opening, .closing, .ended:
            throw RELPBreach("it answered what was not asked")
        }
    }

    /// The session is over.
    /// - Returns: the batches that were not settled.
    mutating func end() -> [RELPTally] {
        phase = .ended
        (unsent, sent) = ([], [:])
        defer { tallies = [:] }
        return tallies.values.sorted { $0.sequence < $1.sequence }
    }

    private func received(hint frame: RELPFrame) -> Event? {
        // A hint that is not known is none.
        frame.command == "serverclose" ? .ended : nil
    }

    private mutating func received(answer frame: RELPFrame) throws(RELPBreach) -> Event? {
        guard let message = sent.removeValue(forKey: frame.transaction), var tally = tallies[message.sequence] else {
            throw RELPBreach("it answered what was not asked")
        }
        guard let response = RELPResponse(frame.data) else { throw RELPBreach("an answer has no code") }
        tally.unanswered -= 1
        if response.isAccepted {
            tally.taken.append(message.place)
        } else {
            tally.refused.append(.init(place: message.place, code: response.code))
        }
        tallies[message.sequence] = tally.unanswered == 0 ? nil : tally
        return tally.unanswered == 0 ? .settled(tally) : nil
    }

    /// None that waits for an answer is used again.
    private mutating func nextTransaction() -> Int {
        repeat { last = RELPFrame.transaction(after: last) } while sent[last] != nil
        return last
    }
}
