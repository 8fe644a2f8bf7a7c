import AuditCore

/// What an output's acknowledgement means.
public enum Guarantee: String, Sendable, CaseIterable {
    /// The receiving application answered for these events.
    case application
    /// The bytes are synced to disk.
    case durable
    /// The peer's kernel acknowledged every byte, and the connection stayed sound.
    case transport
    /// A local receiver took the bytes.
    case handoff
    /// The bytes were sent.
    case none
}

/// Where audits go. One edge of the engine.
///
/// The contract, which the conformance suite checks:
/// - `deliver` is called with one batch at a time, in order, and returns when the output is ready for another one. Cancellation makes it
///   return soon.
/// - Every batch gets exactly one answer, in any order, at most `window` batches being without one. A batch that is refused for now is
///   handed in again, whole.
/// - A batch is acknowledged only when everything in it has reached what `guarantee` says. An output that cannot know refuses for now.
public protocol Output: Sendable {
    var guarantee: Guarantee { get }
    /// How many batches it takes without having answered. At least 1.
    var window: Int { get }

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async
    /// Opens anew what rotation may have moved away (SIGHUP). No batch is answered by it.
    func reopen() async
    /// No batch will follow: settle the answers that are still owed as soon as that can be done properly.
    func drain() async
    /// Frees everything. Batches without an answer are refused for now.
    func close() async
}

extension Output {
    public func reopen() async {}
    public func drain() async {}
}

/// The one answer to a batch.
public enum Answer: Sendable, Equatable {
    case acknowledged
    /// But for some of its audits (indices into `Batch.audits`, none twice), which can never be delivered.
    case acknowledgedExcept([Int], Refusal)
    case refusedForNow(Refusal)
    case refusedForGood(Refusal)
}

/// Why an output refused.
public struct Refusal: Error, Sendable, Equatable {
    /// For people; holds no event content.
    public let reason: String
    /// How long the receiver asked to be left alone.
    public let delay: Duration?
    /// Nothing can ever be delivered again (the reader of stdout has gone): the run ends.
    public let isFinal: Bool

    public init(_ reason: String, delay: Duration? = nil, isFinal: Bool = false) {
        self.reason = reason
        self.delay = delay
        self.isFinal = isFinal
    }
}

/// Audits of one page that one output has not had, in the page's order.
public struct Batch: Sendable {
    /// Counts the batches of a tail from 1.
    public let sequence: Int
    public let page: AuditPage
    public let audits: [RawAudit]
    /// Those of them that came late.
    let late: LateArrivals
    /// It holds no audit, but something that the program says of itself.
    public let isRecord: Bool
    /// When the tail first saw them, by its clock.
    let seen: Duration

    public init(
        sequence: Int, page: AuditPage, audits: [RawAudit], late: LateArrivals = LateArrivals(), isRecord: Bool = false,
        seen: Duration = .zero
    ) {
        self.seen = seen
        self.isRecord = isRecord
        self.sequence = sequence
        self.page = page
        self.audits = audits
        self.late = late
    }

    /// The same batch with some of its audits alone.
    func keeping(_ places: [Int]) -> Batch {
        Batch(
            sequence: sequence, page: page, audits: places.map { audits[$0] }, late: late, isRecord: isRecord, seen: seen)
    }

    /// The bytes of its audits, as the API sent them.
    public var byteCount: Int { audits.reduce(0) { $0 + $1.end - $1.start } }
}
