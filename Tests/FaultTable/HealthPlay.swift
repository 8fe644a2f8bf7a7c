import ArgumentParser
import FaultScenes

/// Plays the faults that an operator and a service manager are told of, all at once: they wait more than they work.
struct HealthPlay {
    let only: [String]
    let markdown: Bool

    static var names: [String] { HealthFault.all.map(\.name) }

    static func list() {
        for fault in HealthFault.all { print("\(fault): \(fault.meaning)") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let faults = HealthFault.all.filter { only.isEmpty || only.contains($0.name) }
        let table = HealthTable(rows: await rows(of: faults))
        print(table.text(markdown: markdown))
        print("\n\(faults.count) faults in \((ContinuousClock.now - start).components.seconds) s")
        for complaint in table.complaints { print(complaint) }
        if !table.complaints.isEmpty { throw ExitCode.failure }
    }

    private func rows(of faults: [HealthFault]) async -> [HealthTable.Row] {
        await withTaskGroup(of: (Int, HealthTable.Row).self) { group in
            for (index, fault) in faults.enumerated() { group.addTask { (index, await HealthTable.Row(fault)) } }
            var rows: [Int: HealthTable.Row] = [:]
            for await (index, row) in group { rows[index] = row }
            return faults.indices.compactMap { rows[$0] }
        }
    }
}
