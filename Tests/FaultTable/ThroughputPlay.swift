import FaultScenes

/// Measures how fast audits get to the real receivers, one way after the other.
struct ThroughputPlay {
    let only: [String]
    let audits: Int

    /// Figures of one run are to be compared with each other: they end with what the receiver stores.
    func run() async throws {
        print("| output → receiver | sender | audits | seconds | audits/s |\n|---|---|--:|--:|--:|")
        for route in Route.all where only.isEmpty || only.contains(route.name) {
            guard route.obstacle == nil, route.guarantee != .none else { continue }
            for result in try await route.throughput(audits: audits) {
                let hundredths = Int((result.duration / .milliseconds(10)).rounded())
                let seconds = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
                print("| \(route.name) | \(result.sender) | \(result.audits) | \(seconds) | \(result.perSecond) |")
            }
        }
    }
}
