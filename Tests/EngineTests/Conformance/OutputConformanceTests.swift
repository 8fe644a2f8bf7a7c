import Engine
import EngineTesting
import NIOConcurrencyHelpers
import Testing

/// The suite itself: an output that keeps its promises passes, and each that breaks one is found.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct OutputConformanceTests {
    @Test(arguments: OutputConformance.allCases)
    func `an output that keeps its promises passes`(promise: OutputConformance) async throws {
        try await promise.check { MemoryBench(fault: nil) }
    }

    @Test(arguments: [
        (Fault.acknowledgesWhatIsLost, OutputConformance.whatIsAcknowledgedWasReceived),
        (.acknowledgesWhatIsLost, .aReceiverThatIsDownIsRefusedForNow),
        (.answersTwice, .theWindowIsTakenWithoutAnswers),
        (.losesTheLastLine, .everythingArrivesWholeAndInOrder),
        (.deliversTwice, .reopeningLosesNothing),
        (.refusesForGood, .drainingSettles),
        (.sendsWhiteSpace, .everythingArrivesWholeAndInOrder),
    ])
    private func `an output that breaks one is found`(fault: Fault, promise: OutputConformance) async {
        await #expect(throws: Violation.self) { try await promise.check { MemoryBench(fault: fault) } }
    }
}

private enum Fault: Sendable {
    case acknowledgesWhatIsLost, answersTwice, losesTheLastLine, deliversTwice, refusesForGood, sendsWhiteSpace
}

/// A receiver in memory.
private final class MemoryBench: OutputBench {
    private struct State {
        var isThere = false
        var bytesLeft = Int.max
        var lines: [String] = []
    }

    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff]
    private let fault: Fault?
    private let state = NIOLockedValueBox(State())

    init(fault: Fault?) { self.fault = fault }

    func makeOutput() -> any Output { MemoryOutput(bench: self, fault: fault) }
    func finish() {}
    func received() -> [String] { state.withLockedValue { $0.lines } }

    func start(_ conduct: ReceiverConduct) {
        state.withLockedValue { state in
            state.isThere = true
            if case .breaksOff(let count) = conduct { state.bytesLeft = count }
        }
    }

    /// Whether the receiver took all of it. It loses the batch in which it breaks off, and is back for the next.
    func take(_ lines: [String]) -> Bool {
        state.withLockedValue { state in
            guard state.isThere else { return false }
            for line in lines {
                state.bytesLeft -= line.utf8.count + 1
                guard state.bytesLeft >= 0 else {
                    state.bytesLeft = .max
                    return false
                }
                state.lines.append(line)
            }
            return true
        }
    }
}

private struct MemoryOutput: Output {
    let bench: MemoryBench
    let fault: Fault?
    let guarantee = Guarantee.application
    let window = 4

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        if fault == .refusesForGood { return answer(.refusedForGood(Refusal("no"))) }
        var lines = batch.audits.map { audit in
            String(decoding: batch.page.bytes[audit.start..<audit.end], as: UTF8.self)
        }
        if fault != .sendsWhiteSpace { lines = lines.map { $0.hasPrefix("{\n ") ? "{" + $0.dropFirst(3) : $0 } }
        if fault == .losesTheLastLine { lines.removeLast() }
        let isTaken = bench.take(fault == .deliversTwice ? lines + lines : lines)
        answer(isTaken || fault == .acknowledgesWhatIsLost ? .acknowledged : .refusedForNow(Refusal("gone")))
        if fault == .answersTwice { answer(.acknowledged) }
    }

    func close() async {}
}
