import FaultScenes
import Foundation
import TestTraits
import Testing

/// The built program inside the namespace of a journald of the test's own, with the paths and permissions that it has on a real machine.
@Suite(
    .fewAtATime,
    .enabled(if: Journald.obstacle == nil, Comment(rawValue: Journald.obstacle ?? "")), .timeLimit(.minutes(5)), .serialized)
struct JournaldProgramTests {
    private static let groups = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
    /// Where a process can be made a member of a unit, as far as journald sees; `nil` where control groups cannot be made.
    private static let units: [String]? = {
        let roots = groups.filter { FileManager.default.fileExists(atPath: "\($0)/cgroup.procs") }
        let made = roots.map { "\($0)/system.slice/auditferry-test.service" }.filter { path in
            (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil
        }
        for path in made { rmdir(path) }
        return made.isEmpty ? nil : made
    }()

    private func demo(_ journald: Journald, count: Int, as who: String = "", before: String = "") async throws -> Program.Ending {
        try await Program.run(
            ["demo", "--output", "journald", "--count", "\(count)", "--events-per-second", "2000"],
            script: "\(before)\nexec \(journald.inside) \(who) \"$0\" \"$@\"")
    }

    private func ids(_ journald: Journald) async throws -> [String] {
        try await journald.entries("auditferry").compactMap {
            $0["GENESYS_AUDIT_ID"]?.first.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(.enabled(if: units != nil, "no control group can be made"))
    func `what the rate limit drops is noticed, sent again, and explained`() async throws {
        let journald = try await Journald(["RateLimitIntervalSec=1s", "RateLimitBurst=20"])
        try await journald.start()
        let units = JournaldProgramTests.units ?? []
        for unit in units { try FileManager.default.createDirectory(atPath: unit, withIntermediateDirectories: true) }
        defer { for unit in units { rmdir(unit) } }
        let join = units.map { "echo $$ > \($0)/cgroup.procs" }.joined(separator: "\n")
        let ending = try await demo(journald, count: 250, before: join)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("lifted by 'LogRateLimitIntervalSec=0'"))
        #expect(ending.errors.contains("journald dropped messages of this unit by its rate limit"))
        let ids = try await ids(journald)
        #expect(ids.count == 250 && Set(ids).count == 250)
    }

    @Test func `a user of journald's group gets a durable guarantee without being root`() async throws {
        let journald = try await Journald()
        try await journald.start()
        let ending = try await demo(
            journald, count: 300, as: "setpriv --reuid nobody --regid nogroup --groups systemd-journal --inh-caps=-all")
        #expect(ending.status == 0, "\(ending.errors)")
        // Only what is durable needs no warning.
        #expect(ending.errors.isEmpty, "\(ending.errors)")
        #expect(try await ids(journald).count == 300)
    }

    @Test func `a user without permission is told what that means`() async throws {
        let journald = try await Journald()
        try await journald.start()
        let ending = try await demo(
            journald, count: 300, as: "setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=-all")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("nothing tells whether journald stores what it takes"))
        _ = try await journald.run("journalctl --sync")
        #expect(try await ids(journald).count == 300)
    }
}
