import Outputs

/// Meets the receivers of outputs, all at the same time, and delivers nothing.
struct OutputProbes {
    let outputs: [OutputDefinition]

    /// By output, in their order; for each of them a finding for every address.
    func findings() async -> [CheckFinding] {
        await withTaskGroup(of: (Int, [CheckFinding]).self) { group in
            for (place, definition) in outputs.enumerated() {
                group.addTask { (place, OutputProbes.findings(definition.name, await definition.probe())) }
            }
            var found: [(Int, [CheckFinding])] = []
            for await result in group { found.append(result) }
            return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// An address that fails beside one that does not is a warning: the output delivers, and has nowhere to turn to any more.
    static func findings(_ name: String, _ probes: [OutputProbe]) -> [CheckFinding] {
        let subject = CheckFinding.output(name)
        let delivers = probes.contains { $0.verdict != .failed }
        return probes.map { probe in
            let seen = "\(probe.place): \(probe.seen)"
            switch probe.verdict {
            case .sound: return .ok(subject, seen)
            case .failed where !delivers:
                return .failed(subject, .unreachable, seen, hint: probe.hint ?? "see that the receiver is there")
            case .failed: return .warning(subject, seen, hint: probe.hint)
            }
        }
    }
}
