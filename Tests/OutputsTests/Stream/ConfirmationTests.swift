import AuditCore
import EngineTesting
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime)
struct ConfirmationTests {
    private var confirmation = Confirmation<String>(settle: .seconds(1))
    private var sent: UInt64 = 0
    private var needsClose = false

    private mutating func send(_ count: UInt64, _ item: String) {
        sent += count
        confirmation.sent(upTo: sent, item)
    }

    private mutating func progress(_ acknowledged: UInt64, at milliseconds: Int, window: UInt64 = 1_000_000) -> [String] {
        confirmation.progressed(
            to: acknowledged, largestWindow: window, needsClose: needsClose, at: .milliseconds(milliseconds))
    }

    @Test mutating func `an acknowledged batch is confirmed after the connection stayed sound, and not before`() {
        send(100, "a")
        expect(progress(99, at: 0), is: [])
        expect(progress(100, at: 5000), is: [])
        expect(progress(100, at: 5999), is: [])
        expect(progress(100, at: 6000), is: ["a"])
        #expect(confirmation.isEmpty)
    }

    @Test mutating func `each batch settles by its own acknowledgement`() {
        send(100, "a")
        send(50, "b")
        expect(progress(100, at: 0), is: [])
        expect(progress(150, at: 600), is: [])
        expect(progress(150, at: 1000), is: ["a"])
        expect(progress(150, at: 1600), is: ["b"])
    }

    @Test mutating func `a batch that cannot be in the receive buffer any longer is confirmed at once`() {
        send(100, "a")
        send(65_535, "b")
        expect(progress(65_634, at: 0, window: 65_535), is: [])
        expect(progress(65_635, at: 1, window: 65_535), is: ["a"])
    }

    @Test mutating func `a close in order confirms what was acknowledged, and no more`() {
        send(100, "a")
        send(100, "b")
        expect(confirmation.closedInOrder(at: 199), is: ["a"])
        expect(confirmation.broken().map(\.item), is: ["b"])
    }

    @Test mutating func `after a break everything unconfirmed is delivered again, in its order`() {
        for item in ["a", "b", "c"] { send(10, item) }
        _ = progress(10, at: 0)
        expect(progress(30, at: 1000), is: ["a"])
        expect(confirmation.broken().map(\.item), is: ["b", "c"])
        #expect(confirmation.isEmpty)
    }

    @Test mutating func `after a break, what is confirmed within a batch is known`() {
        send(100, "a")
        send(100, "b")
        _ = progress(150, at: 0)
        expect(progress(200, at: 1000), is: ["a"])
        let rest = confirmation.broken()
        #expect(rest.map(\.item) == ["b"] && rest.map(\.confirmed) == [50])
    }

    @Test mutating func `where a close is needed, nothing else confirms`() {
        needsClose = true
        send(100, "a")
        send(100, "b")
        expect(progress(200, at: 0, window: 10), is: [])
        expect(progress(200, at: 5000, window: 10), is: [])
        expect(confirmation.closedInOrder(at: 100), is: ["a"])
        let rest = confirmation.broken()
        #expect(rest.map(\.item) == ["b"] && rest.map(\.confirmed) == [0])
    }

    @Test mutating func `what was seen while a close was needed counts when it is no longer`() {
        needsClose = true
        send(100, "a")
        expect(progress(100, at: 0), is: [])
        needsClose = false
        expect(progress(100, at: 1000), is: ["a"])
    }

    /// Against a receiver that reads at random: whatever is confirmed by the window was read.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `what is confirmed by the window was read`(seed: UInt64) {
        var random = SampleGenerator(seed: seed)
        var confirmation = Confirmation<UInt64>(settle: .seconds(3600))
        let window: UInt64 = 1000
        var (sent, acknowledged, read) = (UInt64(0), UInt64(0), UInt64(0))
        for step in 0..<300 {
            let size = UInt64(random.number(1...400))
            sent += size
            confirmation.sent(upTo: sent, sent)
            read = min(acknowledged, read + UInt64(random.number(0...500)))
            acknowledged = min(sent, read + window, acknowledged + UInt64(random.number(0...600)))
            let ends = confirmation.progressed(
                to: acknowledged, largestWindow: window, needsClose: false, at: .milliseconds(step))
            for end in ends {
                #expect(end <= read, "seed \(seed)")
            }
        }
    }
}

/// As `#expect(actual == expected)`, for calls that change a value: the macro evaluates its operands where they cannot be changed.
private func expect(_ actual: [String], is expected: [String], at location: SourceLocation = #_sourceLocation) {
    #expect(actual == expected, sourceLocation: location)
}
