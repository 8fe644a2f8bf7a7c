/// What became of the audits, and what an operator saw.
package struct Outcome: Sendable {
    /// Those that were due, counted once an output.
    package internal(set) var audits = 0
    package internal(set) var lost = 0
    /// How many deliveries there were besides the first of each audit.
    package internal(set) var duplicated = 0
    /// Those of them that had been committed when the program stopped: nothing but the operator's wish excuses them.
    package internal(set) var repeated = 0
    /// From the end of the fault to the delivery of everything that was due then; `nil` where that did not come.
    package internal(set) var recovery: Duration?
    /// Of the runs, in their order.
    package internal(set) var endings: [Program.Ending] = []
    /// How much the program grew while it could deliver nothing, in KiB.
    package internal(set) var growth: Int?

    /// The log of all runs.
    package var log: [Substring] { endings.flatMap { $0.errors.split(separator: "\n") } }

    /// The sentences of the log that are no mere information, each once, and how the runs ended.
    package var seen: String {
        var sentences: [String] = []
        for line in log {
            guard let sentence = Outcome.sentence(line), !sentences.contains(sentence) else { continue }
            sentences.append(sentence)
        }
        if let growth { sentences.append("its memory grew by \(growth) KiB") }
        return (sentences + [ends]).joined(separator: "; ")
    }

    private static func sentence(_ line: Substring) -> String? {
        if line.hasPrefix("auditferry: error: ") { return String(line.dropFirst(12)) }
        let words = line.split(separator: " ")
        guard words.count > 2, ["warning", "error"].contains(words[1]) else { return nil }
        let message = words.dropFirst(2).prefix { !$0.contains("=") }.joined(separator: " ")
        return words[1] == "error" ? "error: \(message)" : message
    }

    private var ends: String {
        var counts: [(status: Int32, count: Int)] = []
        for ending in endings {
            if let index = counts.firstIndex(where: { $0.status == ending.status }) {
                counts[index].count += 1
            } else {
                counts.append((ending.status, 1))
            }
        }
        let texts = counts.map { status, count in
            (status < 0 ? "signal \(-status)" : "exit \(status)") + (count > 1 ? " ×\(count)" : "")
        }
        return texts.joined(separator: ", ")
    }
}
