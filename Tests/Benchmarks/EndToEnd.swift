import AuditCore
import Glibc

/// The shipped program between the simulator and a collector, each in a process of its own.
enum EndToEnd {
    /// - Returns: how many audits reached the collector, of `audits`.
    static func run(_ organization: Organization, audits: Int) throws -> Int {
        Row.head("end to end")
        let collector = try Collector()
        let scratch = Scratch()
        defer { scratch.remove() }
        let start = ContinuousClock.now
        let forwarder = try Child(
            [
                "run", "--once", "--since", "2h", "--offsets", scratch.offsets, "--log-level", "warning",
                "--output", "tcp://127.0.0.1:\(collector.port)",
            ],
            environment: [
                "GENESYSCLOUD_API_URL=\(organization.url)", "GENESYSCLOUD_OAUTHCLIENT_ID=simulator",
                "GENESYSCLOUD_OAUTHCLIENT_SECRET=simulator",
            ])
        let (status, cpu, peak) = forwarder.wait()
        let wall = (ContinuousClock.now - start).inSeconds
        guard status == 0 else { throw BenchmarkError("the forwarder ended with status \(status)") }
        let delivered = collector.count(expected: audits)
        Row(name: "simulator to tcp collector", audits: delivered, bytes: 0, cpu: cpu, wall: wall).show()
        print("peak memory \(Row.decimal(Double(peak) / 1_048_576)) MiB")
        return delivered
    }
}

/// An offset file for one measurement.
struct Scratch {
    private let directory = "/tmp/auditferry-benchmark-\(getpid())"

    var offsets: String { "\(directory)/offsets.db" }

    func remove() {
        for suffix in ["", "-wal", "-shm", ".lock"] { unlink(offsets + suffix) }
        rmdir(directory)
    }
}
