import AuditCore
import Glibc

/// Measures what a backfill costs: each stage by itself, and the whole program between a simulator and a collector.
///
/// Run it in release: `swift run -c release auditferry-benchmark [AUDITS]`. Figures of one run are to be compared with each other; machines
/// differ.
@main
enum Benchmark {
    static func main() async throws {
        signal(SIGPIPE, SIG_IGN)
        let audits = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200_000
        let organization = try Organization(audits: audits)
        defer { organization.stop() }
        // A run that ends by itself stops short of the last seconds, and an act of the last moment has audits after it.
        try await Task.sleep(for: .seconds(6))
        // First, while this process is small: a child's peak memory counts what it was forked from.
        let delivered = try EndToEnd.run(organization, audits: audits)
        print("")
        try await Stages.run(organization)
        // The realtime endpoint, which the stages read, does not show all of them; a run delivers the others as well.
        guard delivered == audits else { throw BenchmarkError("\(delivered) audits were delivered of \(audits)") }
    }
}

/// One line of the table.
struct Row {
    let name: String
    let audits: Int
    let bytes: Int
    let cpu: Double
    let wall: Double

    static func head(_ name: String) {
        print(
            pad(name, 28)
                + ["audits", "CPU us/audit", "audits/s/core", "audits/s wall", "MB/s/core"].map { lead($0, 15) }.joined())
    }

    func show() {
        let figures = [
            "\(audits)", Row.decimal(cpu / Double(audits) * 1e6), "\(Int(Double(audits) / cpu))", "\(Int(Double(audits) / wall))",
            "\(Int(Double(bytes) / cpu / 1e6))",
        ]
        print(Row.pad(name, 28) + figures.map { Row.lead($0, 15) }.joined())
    }

    static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    static func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
    static func lead(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.count)) + text }
}

/// CPU and wall time of a piece of work in this process.
func measured(_ name: String, audits: Int, bytes: Int, _ work: () async throws -> Void) async rethrows {
    let start = (cpu: processCPU(), wall: ContinuousClock.now)
    try await work()
    let wall = ContinuousClock.now - start.wall
    Row(name: name, audits: audits, bytes: bytes, cpu: processCPU() - start.cpu, wall: wall.inSeconds).show()
}

private func processCPU() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.seconds
}

extension rusage {
    /// User and system time.
    var seconds: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
    }
}
