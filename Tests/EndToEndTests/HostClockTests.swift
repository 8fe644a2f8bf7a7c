import AuditCore
import FaultScenes
import Foundation
import Testing

/// A library that shifts what a program sees of the wall clock, as a file says, and leaves the monotonic one alone.
private enum FakeTime {
    static let library: String? = {
        let directories = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let paths = directories.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        return paths.first { FileManager.default.fileExists(atPath: $0) }
    }()
}

extension FakeTime {
    /// The library shifts absolute timers by as much as the wall clock, whatever clock they go by: this one takes that back.
    private static let mending = """
        #include <sys/syscall.h>
        #include <unistd.h>
        int timerfd_settime(int descriptor, int flags, const void *value, void *old) {
            return syscall(SYS_timerfd_settime, descriptor, flags, value, old);
        }
        """

    static func canRun() async throws -> Bool {
        guard library != nil else { return false }
        return try await Program.run([], script: "command -v cc").status == 0
    }

    /// What is to be loaded before the program.
    static func libraries(_ scene: Scene) async throws -> String {
        let (source, mended) = (try scene.write(mending, to: "mending.c"), scene.path("mending.so"))
        let built = try await Program.run([], script: "cc -shared -fPIC -o '\(mended)' '\(source)'")
        try #require(built.status == 0, "\(built.errors)")
        return "\(mended) \(library ?? "")"
    }
}

/// The host's clock has no part in what is read: windows and coverage are made from the server's.
@Suite(.enabled("libfaketime (Debian package 'faketime') or a C compiler is not installed") { try await FakeTime.canRun() })
struct HostClockTests {
    @Test(.timeLimit(.minutes(1)), arguments: [("+5d", "-9d"), ("-400d", "+30d"), ("-3s", "+90s")])
    func `a wall clock that is wrong, and steps, changes neither what arrives nor what is covered`(
        offset: String, step: String
    ) async throws {
        var organization = try Scene.organization(events: 500)
        organization.eventsPerSecond = 1
        try await Scene.with(organization) { scene in
            let receiver = try await LineReceiver()
            let configuration = try scene.write(
                """
                tail: {since: 20m, poll_interval: 1s, overlap: 30s, sweep: off, reconcile: off}
                outputs: {collector: {type: tcp, address: "127.0.0.1:\(receiver.port)"}}
                """, to: "auditferry.yaml")
            let arguments = ["run", "--config", configuration, "--offsets", scene.offsets]
            let environment = scene.environment.merging(
                [
                    "LD_PRELOAD": try await FakeTime.libraries(scene),
                    "FAKETIME_TIMESTAMP_FILE": try scene.write(offset, to: "clock"),
                    "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                ]
            ) { $1 }
            let start = scene.clock.now
            // By way of a shell: the library changes the environment where it is loaded first, and then Swift does not find the arguments.
            try await Program.with(arguments, environment: environment, directory: scene.directory) { program in
                await receiver.received(scene.visibleByRealtime)
                for text in [step, offset, step] {
                    // At once: the library may read the file at any moment, and ends a program that it finds without a time.
                    try Data(text.utf8).write(to: URL(fileURLWithPath: scene.path("clock")), options: .atomic)
                    scene.clock.advance(by: .seconds(60))
                    await receiver.received(scene.visibleByRealtime)
                }
                program.send(SIGTERM)
                let status = try await program.status()
                #expect(status == 0, "\(program.errors)")
                expectClock(of: program, off: offset, then: step)
            }
            try await expectCoverage(scene, since: start - .seconds(1200))
            #expect(receiver.ids.isSubset(of: scene.visibleByRealtime))
            #expect(receiver.events.count == receiver.ids.count)
            try await receiver.close()
        }
    }

    /// The log has the host's time: the library does what it should.
    private func expectClock(of program: Program, off offset: String, then step: String) {
        let words = program.errors.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        let times = words.compactMap { Instant(String($0)) }
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        for (time, text) in [(times.first, offset), (times.last, step)] {
            let expected = Duration(String(text.dropFirst())).map { text.hasPrefix("-") ? .zero - $0 : $0 } ?? .zero
            let found = time.map { $0 - now } ?? .zero
            #expect(abs((found - expected).inSeconds) < 60, "\(text) was \(found)")
        }
    }

    /// One stretch without a gap, from where it was to begin up to the organization's now.
    private func expectCoverage(_ scene: Scene, since begin: Instant) async throws {
        let shown = try await Program.run(["offsets", "show", "--json", "--offsets", scene.offsets])
        #expect(shown.status == 0, "\(shown.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(shown.output.utf8))
        let lane = try #require(report.outputs.first?.lanes.first)
        #expect(lane.gaps.isEmpty && lane.covered.count == 1, "\(shown.output)")
        let first = try #require(lane.covered.first.flatMap { Instant($0.start) })
        let last = try #require(lane.covered.first.flatMap { Instant($0.end) })
        #expect(abs((first - begin).inSeconds) < 5)
        #expect(last <= scene.clock.now && scene.clock.now - last < .seconds(20))
    }

    private struct Report: Decodable {
        struct Output: Decodable { let lanes: [Lane] }
        struct Lane: Decodable {
            let covered: [Stretch]
            let gaps: [Stretch]
        }
        struct Stretch: Decodable {
            let start: String
            let end: String
        }
        let outputs: [Output]
    }
}
