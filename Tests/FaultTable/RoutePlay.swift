import ArgumentParser
import FaultScenes
import Foundation

/// Plays the faults on the ways to the real receivers.
struct RoutePlay {
    let only: [String]
    let seed: UInt64
    let markdown: Bool
    let jobs: Int

    static var names: [String] { Route.all.map(\.name) + RouteFault.allCases.map(\.rawValue) }

    static func list() {
        for route in Route.all { print("\(route.name): guarantee '\(route.guarantee.rawValue)'") }
        for fault in RouteFault.allCases { print("\(fault.rawValue): \(fault.meaning)") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let routes = Route.all.filter { route in isChosen(route.name, among: Route.all.map(\.name)) }
        let faults = RouteFault.allCases.filter { isChosen($0.rawValue, among: RouteFault.allCases.map(\.rawValue)) }
        let present = routes.filter { $0.obstacle == nil }
        for route in routes { if let obstacle = route.obstacle { print("not played: \(route.name): \(obstacle)") } }
        let table = RouteTable(faults: faults, rows: await rows(present, faults))
        print(table.text(markdown: markdown))
        print("\nEach: audits due / lost / delivered twice; in \((ContinuousClock.now - start).components.seconds) s")
        for complaint in table.complaints { print(complaint) }
        let isIncomplete = ReceiverProgram.isRequired && present.count < routes.count
        if !table.complaints.isEmpty || isIncomplete { throw ExitCode.failure }
    }

    /// All of them, where none of them is named.
    private func isChosen(_ name: String, among names: [String]) -> Bool {
        let chosen = only.filter(names.contains)
        return chosen.isEmpty || chosen.contains(name)
    }

    private func rows(_ routes: [Route], _ faults: [RouteFault]) async -> [RouteTable.Row] {
        let cells = routes.indices.flatMap { route in faults.indices.map { (route, $0) } }
        return await withTaskGroup(of: (Int, Int, RouteTable.Cell).self) { group in
            var rows = routes.map { RouteTable.Row(route: $0, cells: faults.map { _ in .failure("not played") }) }
            for (index, (route, fault)) in cells.enumerated() {
                if index >= jobs, let (row, column, cell) = await group.next() { rows[row].cells[column] = cell }
                group.addTask {
                    let cell = await RouteTable.Cell(routes[route], faults[fault], seed: seed)
                    // So that whoever watches sees it go on; the table comes at the end.
                    FileHandle.standardError.write(Data("\(routes[route]), \(faults[fault].rawValue): \(cell.text)\n".utf8))
                    return (route, fault, cell)
                }
            }
            for await (row, column, cell) in group { rows[row].cells[column] = cell }
            return rows
        }
    }
}
