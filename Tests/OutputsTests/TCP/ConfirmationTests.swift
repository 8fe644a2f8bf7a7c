import AuditCore
import EngineTesting
import Testing

@testable import Outputs

struct ConfirmationTests {
    private var confirmation = Confirmation<String>(settle: .seconds(1))

    private mutating func progress(_ acknowledged: UInt64, at milliseconds: Int, window: UInt64 = 1_000_000) -> [String] {
        confirmation.progressed(to: acknowledged, largestWindow: window, at: .milliseconds(milliseconds))
    }

    @Test mutating func `an acknowledged batch is confirmed after the connection stayed sound, and not before`() {
        confirmation.sent(100, "a")
        expect(progress(99, at: 0), is: [])
        expect(progress(100, at: 5000), is: [])
        expect(progress(100, at: 5999), is: [])
        expect(progress(100, at: 6000), is: ["a"])
        #expect(confirmation.isEmpty)
    }

    @Test mutating func `each batch settles by its own acknowledgement`() {
        confirmation.sent(100, "a")
        confirmation.sent(50, "b")
        expect(progress(100, at: 0), is: [])
        expect(progress(150, at: 600), is: [])
        expect(progress(150, at: 1000), is: ["a"])
        expect(progress(150, at: 1600), is: ["b"])
    }

    @Test mutating func `a batch that cannot be in the receive buffer any longer is confirmed at once`() {
        confirmation.sent(100, "a")
        confirmation.sent(65_535, "b")
        expect(progress(65_634, at: 0, window: 65_535), is: [])
        expect(progress(65_635, at: 1, window: 65_535), is: ["a"])
    }

    @Test mutating func `a close in order confirms what was acknowledged, and no more`() {
        confirmation.sent(100, "a")
        confirmation.sent(100, "b")
        expect(confirmation.closedInOrder(at: 199), is: ["a"])
        expect(confirmation.broken(), is: ["b"])
    }

    @Test mutating func `after a break everything unconfirmed is delivered again, in its order`() {
        for item in ["a", "b", "c"] { confirmation.sent(10, item) }
        _ = progress(10, at: 0)
        expect(progress(30, at: 1000), is: ["a"])
        expect(confirmation.broken(), is: ["b", "c"])
        #expect(confirmation.isEmpty)
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
            confirmation.sent(Int(size), sent)
            read = min(acknowledged, read + UInt64(random.number(0...500)))
            acknowledged = min(sent, read + window, acknowledged + UInt64(random.number(0...600)))
            for end in confirmation.progressed(to: acknowledged, largestWindow: window, at: .milliseconds(step)) {
                #expect(end <= read, "seed \(seed)")
            }
        }
    }
}

/// As `#expect(actual == expected)`, for calls that change a value: the macro evaluates its operands where they cannot be changed.
private func expect(_ actual: [String], is expected: [String], at location: SourceLocation = #_sourceLocation) {
    #expect(actual == expected, sourceLocation: location)
}
