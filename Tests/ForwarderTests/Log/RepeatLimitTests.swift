import Logging
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A limit of repeated entries` {
    private let refused = "the output refused a delivery"

    private func entry(
        _ message: String, _ output: String = "siem", reason: String = "gone", level: Logger.Level = .warning
    ) -> LogEntry {
        LogEntry(level: level, message: message, metadata: ["output": "\(output)", "reason": "\(reason)"])
    }

    private func recovery(_ output: String = "siem") -> LogEntry {
        LogEntry(
            level: .warning, message: "the output takes deliveries again",
            metadata: ["output": "\(output)", "state": "recovered"])
    }

    private func texts(_ entries: [LogEntry]) -> [String] {
        entries.map { entry in
            let repeated = entry.metadata["repeated"].map { " ×\($0)" } ?? ""
            return "\(entry.metadata["output"] ?? "?") \(entry.metadata["reason"] ?? "recovered")\(repeated)"
        }
    }

    /// One that has written its burst, and held back `held` at the second of their number.
    private func limit(holding held: Int) -> RepeatLimit {
        var limit = RepeatLimit()
        for second in 0..<RepeatLimit.burst {
            #expect(limit.admit(entry(refused), at: .seconds(0)).entries.count == 1, "\(second)")
        }
        for second in 0..<held {
            #expect(limit.admit(entry(refused, reason: "gone \(second)"), at: .seconds(second)).entries.isEmpty)
        }
        return limit
    }

    @Test func `writes a burst, then the last of an interval with their number, once an interval`() {
        var limit = limit(holding: 50)
        #expect(texts(limit.due(at: .seconds(59)).entries) == [])
        let first = limit.due(at: .seconds(60))
        #expect(texts(first.entries) == ["siem gone 49 ×50"])
        #expect(first.wake == nil)
        let held = limit.admit(entry(refused, reason: "later"), at: .seconds(70))
        #expect(held.entries.isEmpty && held.wake == .seconds(120))
        #expect(texts(limit.admit(entry(refused), at: .seconds(120)).entries) == ["siem later ×1"])
    }

    @Test func `gives a new burst after an interval in which nothing was held back`() {
        var limit = limit(holding: 1)
        #expect(texts(limit.due(at: .seconds(60)).entries) == ["siem gone 0 ×1"])
        #expect(limit.due(at: .seconds(120)).entries.isEmpty)
        for _ in 0..<RepeatLimit.burst { #expect(limit.admit(entry(refused), at: .seconds(121)).entries.count == 1) }
        #expect(limit.admit(entry(refused), at: .seconds(122)).entries.isEmpty)
    }

    @Test func `lets another output, another message and another level pass`() {
        var limit = limit(holding: 3)
        #expect(texts(limit.admit(entry(refused, "archive"), at: .seconds(4)).entries) == ["archive gone"])
        #expect(limit.admit(entry("the API could not be read"), at: .seconds(4)).entries.count == 1)
        #expect(limit.admit(entry(refused, level: .error), at: .seconds(4)).entries.count == 1)
    }

    @Test func `holds no information back, and no recovery`() {
        var limit = RepeatLimit()
        for _ in 0..<(RepeatLimit.burst * 3) {
            #expect(limit.admit(entry("output stands", level: .info), at: .zero).entries.count == 1)
            #expect(limit.admit(recovery(), at: .zero).entries.count == 1)
        }
    }

    @Test func `tells what it held back of an output before it says that the output works again`() {
        var limit = limit(holding: 7)
        #expect(texts(limit.admit(recovery("archive"), at: .seconds(8)).entries) == ["archive recovered"])
        #expect(texts(limit.admit(recovery(), at: .seconds(9)).entries) == ["siem gone 6 ×7", "siem recovered"])
        #expect(texts(limit.admit(recovery(), at: .seconds(10)).entries) == ["siem recovered"])
    }

    @Test func `writes the first entry of an outage that follows a recovery, and no burst of it`() {
        var limit = limit(holding: 7)
        for second in 8..<28 {
            #expect(texts(limit.admit(recovery(), at: .seconds(second)).entries).last == "siem recovered")
            #expect(texts(limit.admit(entry(refused, reason: "again"), at: .seconds(second)).entries) == ["siem again"])
            #expect(limit.admit(entry(refused, reason: "still"), at: .seconds(second)).entries.isEmpty)
        }
        #expect(texts(limit.admit(recovery("archive"), at: .seconds(28)).entries) == ["archive recovered"])
        #expect(limit.admit(entry(refused), at: .seconds(29)).entries.isEmpty, "another output's recovery is none of its own")
    }

    @Test func `accounts for every entry, written or held back, whatever comes`() {
        var (limit, random) = (RepeatLimit(), SystemRandomNumberGenerator())
        var now = Duration.zero
        var (given, written) = (0, 0)
        func note(_ entries: [LogEntry]) {
            for entry in entries where !entry.isRecovery { written += entry.metadata["repeated"].map { Int("\($0)") ?? 0 } ?? 1 }
        }
        for _ in 0..<20_000 {
            now += .milliseconds(Int.random(in: 0...200, using: &random))
            let output = "output-\(Int.random(in: 0..<400, using: &random) / Int.random(in: 1...400, using: &random))"
            if Int.random(in: 0..<50, using: &random) == 0 {
                note(limit.admit(recovery(output), at: now).entries)
            } else {
                given += 1
                note(limit.admit(entry(refused, output), at: now).entries)
            }
            #expect(limit.count <= RepeatLimit.mostSubjects)
        }
        note(limit.end())
        #expect(written == given)
    }

    @Test func `asks to be woken when the earliest interval with something held back is over`() {
        var limit = RepeatLimit()
        #expect(limit.admit(entry(refused), at: .seconds(5)).wake == nil)
        for _ in 0..<RepeatLimit.burst { _ = limit.admit(entry(refused), at: .seconds(6)) }
        #expect(limit.admit(entry(refused, "archive"), at: .seconds(7)).wake == .seconds(65))
    }
}
